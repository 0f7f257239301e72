package dev.postern.local.digitalocean;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;

/** Which operation a call is for. Literal segments stand before placeholders: routes are tried in the order in which they were added. */
final class Routes {
    private final Map<Integer, List<Route>> bySegments = new HashMap<>();
    private final List<String> operations = new ArrayList<>();

    Routes on(String method, String template, Function<Call, Answer> operation) {
        String[] segments = template.substring(1).split("/");
        bySegments.computeIfAbsent(segments.length, none -> new ArrayList<>()).add(new Route(method, segments, operation));
        operations.add(method + " " + template);
        return this;
    }

    /** Every operation, as {@code METHOD /path/{placeholder}}. */
    List<String> operations() {
        return List.copyOf(operations);
    }

    Answer answer(Call call) {
        String[] segments = call.path().substring(1).split("/", -1);
        for (int at = 0; at < segments.length; at++) {
            segments[at] = decoded(segments[at]);
        }
        TreeSet<String> allowed = new TreeSet<>();
        for (Route route : bySegments.getOrDefault(segments.length, List.of())) {
            if (route.matches(segments)) {
                if (route.method.equals(call.method())) {
                    return route.operation.apply(call.matched(route.names(segments)));
                }
                allowed.add(route.method);
            }
        }
        if (allowed.isEmpty()) {
            throw Refusal.notFound();
        }
        return Answer.refusing(new Refusal(405, "method_not_allowed", "This method is not allowed here."), Map.of("allow", String.join(", ", allowed)));
    }

    static String decoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw Refusal.badRequest("The path is not well encoded.");
        }
    }

    private record Route(String method, String[] template, Function<Call, Answer> operation) {

        boolean matches(String[] segments) {
            for (int at = 0; at < template.length; at++) {
                if (placeholder(template[at]) ? segments[at].isEmpty() : !template[at].equals(segments[at])) {
                    return false;
                }
            }
            return true;
        }

        Map<String, String> names(String[] segments) {
            Map<String, String> names = new HashMap<>();
            for (int at = 0; at < template.length; at++) {
                if (placeholder(template[at])) {
                    names.put(template[at].substring(1, template[at].length() - 1), segments[at]);
                }
            }
            return names;
        }

        private static boolean placeholder(String segment) {
            return segment.startsWith("{");
        }
    }
}
