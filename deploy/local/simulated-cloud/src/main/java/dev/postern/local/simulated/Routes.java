// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Which operation a call is for. Literal segments stand before placeholders: routes are tried in the order in which they were added.
 *
 * @param <C> what an operation gets
 */
public final class Routes<C> {
    private final Map<Integer, List<Route<C>>> bySegments = new HashMap<>();
    private final List<String> operations = new ArrayList<>();

    public Routes<C> on(String method, String template, Function<C, SimulatedResponse> operation) {
        String[] segments = template.substring(1).split("/");
        bySegments.computeIfAbsent(segments.length, none -> new ArrayList<>()).add(new Route<>(method, segments, operation));
        operations.add(method + " " + template);
        return this;
    }

    /** Every operation, as {@code METHOD /path/{placeholder}}. */
    public List<String> operations() {
        return List.copyOf(operations);
    }

    /**
     * The answer of the operation that the call is for.
     *
     * @param as makes of the call, with what the placeholders matched, what an operation gets
     * @throws Refusal 404 and 405, and whatever the operation refuses
     */
    public SimulatedResponse answer(SimulatedRequest asked, Function<SimulatedRequest, C> as) {
        String[] segments = segments(asked.path());
        for (int at = 0; at < segments.length; at++) {
            segments[at] = decoded(segments[at]);
        }
        TreeSet<String> allowed = new TreeSet<>();
        for (Route<C> route : bySegments.getOrDefault(segments.length, List.of())) {
            if (route.matches(segments)) {
                if (route.method.equals(asked.method()) || asked.method().equals("HEAD") && route.method.equals("GET")) {
                    return route.operation.apply(as.apply(asked.matched(route.names(segments))));
                }
                allowed.add(route.method);
            }
        }
        if (allowed.isEmpty()) {
            throw Refusal.notFound();
        }
        throw new Refusal(405, "method_not_allowed", "This method is not allowed here.", Map.of("allow", String.join(", ", allowed)));
    }

    /** One slash at the end changes nothing, as at the providers. */
    private static String[] segments(String path) {
        String[] segments = path.substring(1).split("/", -1);
        boolean slash = segments.length > 1 && segments[segments.length - 1].isEmpty();
        return slash ? Arrays.copyOf(segments, segments.length - 1) : segments;
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

    private record Route<C>(String method, String[] template, Function<C, SimulatedResponse> operation) {

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
