// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The query parameters of a request, each at most once and none unknown: a filter that is misspelt must not widen an answer. */
public final class Query {
    /** Default page size. */
    public static final int LIMIT_DEFAULT = 50;
    /** The most items of a page. */
    public static final int LIMIT_MAX = 200;
    private static final int LENGTH_MAX = 1_000;
    private final Map<String, String> values;

    private Query(Map<String, String> values) {
        this.values = values;
    }

    /**
     * @param uri     the request's
     * @param allowed every parameter that the call knows
     * @throws Problem 400 {@code unknown-parameter}, {@code repeated-parameter}, {@code control-character} or {@code too-long} at {@code ?name}
     */
    public static Query of(UriInfo uri, String... allowed) {
        return of(uri.getQueryParameters(), allowed);
    }

    /** Reads decoded parameters like {@link #of(UriInfo, String...)}. */
    public static Query of(MultivaluedMap<String, String> parameters, String... allowed) {
        Set<String> known = new TreeSet<>(List.of(allowed));
        for (Map.Entry<String, List<String>> parameter : parameters.entrySet()) {
            String name = parameter.getKey();
            if (!known.contains(name)) {
                String detail = known.isEmpty() ? "no query parameters are expected"
                    : NearestName.to(name, known).map(near -> "did you mean " + near + "? ").orElse("") + "known query parameters: " + String.join(", ", known);
                throw Problem.badRequest("unknown-parameter", Text.isCleanLine(name) && name.length() <= 100 ? "?" + name : "?", detail);
            }
            if (parameter.getValue().size() > 1) {
                throw Problem.badRequest("repeated-parameter", "?" + name, "the parameter may stand only once");
            }
            String value = parameter.getValue().get(0);
            if (value.length() > LENGTH_MAX) {
                throw Problem.badRequest("too-long", "?" + name, "at most " + LENGTH_MAX + " characters");
            }
            if (!Text.isCleanLine(value)) {
                throw Problem.badRequest("control-character", "?" + name, "no control characters");
            }
        }
        return new Query(parameters.entrySet().stream().collect(
            Collectors.toMap(Map.Entry::getKey, entry -> PlainText.composed(entry.getValue().get(0)))));
    }

    /** The parameter, composed (Unicode normalization form C) as all stored texts are; empty if it is absent. */
    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /**
     * The parameter as a value type; empty if it is absent.
     *
     * @throws Problem 400 {@code rule} at {@code ?name} if {@code parser} refuses (with IllegalArgumentException or DateTimeException)
     */
    public <T> Optional<T> parse(String name, String rule, Function<String, T> parser) {
        try {
            return text(name).map(parser);
        } catch (IllegalArgumentException | java.time.DateTimeException refused) {
            throw Problem.badRequest(rule, "?" + name, refused instanceof java.time.DateTimeException || refused.getMessage() == null
                ? "is not valid" : refused.getMessage());
        }
    }

    /** The parameter as one of an enumeration, whose names are written in lower case. */
    public <E extends Enum<E>> Optional<E> choice(String name, Class<E> type) {
        return text(name).map(value -> Stream.of(type.getEnumConstants())
            .filter(constant -> constant.name().toLowerCase(Locale.ROOT).equals(value)).findFirst()
            .orElseThrow(() -> Problem.badRequest("unknown-value", "?" + name, "one of " + Stream.of(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT)).collect(Collectors.joining(", ")))));
    }

    /** The parameter as one of some words. */
    public Optional<String> choice(String name, Set<String> words) {
        return text(name).map(value -> {
            if (!words.contains(value)) {
                throw Problem.badRequest("unknown-value", "?" + name, "one of " + String.join(", ", new TreeSet<>(words)));
            }
            return value;
        });
    }

    /** The parameter as a whole number in decimal digits. */
    public Optional<Long> number(String name, long min, long max) {
        return text(name).map(value -> {
            boolean digits = !value.isEmpty() && value.length() <= 19 && value.chars().allMatch(c -> c >= '0' && c <= '9');
            long number = -1;
            try {
                number = digits ? Long.parseLong(value) : -1;
            } catch (NumberFormatException tooBig) {
                digits = false;
            }
            if (!digits || number < min || number > max) {
                throw Problem.badRequest("out-of-range", "?" + name, "a whole number from " + min + " to " + max);
            }
            return number;
        });
    }

    /** The parameter {@code limit}: 1 to {@value #LIMIT_MAX}, by default {@value #LIMIT_DEFAULT}. */
    public int limit() {
        return number("limit", 1, LIMIT_MAX).map(Long::intValue).orElse(LIMIT_DEFAULT);
    }

    /** The parameter {@code cursor}. */
    public Optional<Cursor> cursor() {
        return text("cursor").map(Cursor::decode);
    }
}
