// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A refusal over HTTP, as RFC 9457 problem details: {@code type}, {@code title}, {@code status}, {@code detail}, and our members {@code rule},
 * {@code pointer} and {@code errors}. Throw it from a resource, or return it as the failure of a {@code Uni}. It has no stack trace: it is an answer.
 */
public final class Problem extends RuntimeException {
    /** The media type of RFC 9457. */
    public static final String MEDIA_TYPE = "application/problem+json";
    /** Prefix of {@code type}; the name of the rule follows. */
    public static final String TYPE_PREFIX = "https://postern.dev/problems/";
    private static final String RETRY_AFTER_HEADER = "Retry-After";
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String rule;
    private final String pointer;
    private final transient List<Violation> errors;
    private final transient Map<String, String> headers;
    private final transient Map<String, String> members;

    /**
     * @param status HTTP status, 400 to 599
     * @param rule   the rule that refuses, in kebab-case
     * @param detail what would be right, for a person; nothing secret
     */
    public Problem(int status, String rule, String detail) {
        this(status, rule, detail, null, List.of(), Map.of(), Map.of());
    }

    private Problem(int status, String rule, String detail, String pointer, List<Violation> errors, Map<String, String> headers,
                    Map<String, String> members) {
        super(detail, null, false, false);
        this.status = status;
        this.rule = rule;
        this.pointer = pointer;
        this.errors = List.copyOf(errors);
        this.headers = headers;
        this.members = members;
    }

    /** 404: there is no such thing, or it belongs to another owner. */
    public static Problem notFound(String what) {
        return new Problem(404, "not-found", what + " not found");
    }

    /** 409: the present state does not allow it. */
    public static Problem conflict(String rule, String detail) {
        return new Problem(409, rule, detail);
    }

    /** 400: the request is wrong at {@code pointer}. */
    public static Problem badRequest(String rule, String pointer, String detail) {
        return new Problem(400, rule, detail).at(pointer);
    }

    /** 503 with Retry-After: a dependency of the service is unavailable; nothing was accepted. */
    public static Problem unavailable(String detail) {
        return new Problem(503, "unavailable", detail).retryAfter(RETRY_AFTER);
    }

    /** The same problem at a member of the body (JSON pointer) or at a query parameter ({@code ?name}). */
    public Problem at(String jsonPointer) {
        return new Problem(status, rule, getMessage(), jsonPointer, errors, headers, members);
    }

    /** The same problem with everything that is wrong. */
    public Problem with(List<Violation> violations) {
        return new Problem(status, rule, getMessage(), pointer, violations, headers, members);
    }

    /** The same problem with a Retry-After header of whole seconds, at least one. */
    public Problem retryAfter(Duration wait) {
        return header(RETRY_AFTER_HEADER, Long.toString(Math.max(1, wait.toSeconds())));
    }

    /** The same problem with a header of the answer. */
    public Problem header(String name, String value) {
        Map<String, String> all = new TreeMap<>(headers);
        all.put(name, value);
        return new Problem(status, rule, getMessage(), pointer, errors, Map.copyOf(all), members);
    }

    /** The same problem with a further member (RFC 9457 section 3.2), as another standard wants it. */
    public Problem member(String name, String value) {
        Map<String, String> all = new TreeMap<>(members);
        all.put(name, value);
        return new Problem(status, rule, getMessage(), pointer, errors, headers, Collections.unmodifiableMap(all));
    }

    public int status() {
        return status;
    }

    public String rule() {
        return rule;
    }

    public String detail() {
        return getMessage();
    }

    public Optional<String> pointer() {
        return Optional.ofNullable(pointer);
    }

    public List<Violation> errors() {
        return errors;
    }

    /** The value of the Retry-After header, in seconds, where there is one. */
    public Optional<String> retryAfterSeconds() {
        return Optional.ofNullable(headers.get(RETRY_AFTER_HEADER));
    }

    /** Headers of the answer beside its type. */
    public Map<String, String> headers() {
        return headers;
    }

    /** The body of the answer. */
    public String toJson() {
        ObjectNode body = MAPPER.createObjectNode();
        body.put("type", TYPE_PREFIX + rule);
        body.put("title", title());
        body.put("status", status);
        body.put("detail", getMessage());
        body.put("rule", rule);
        if (pointer != null) {
            body.put("pointer", pointer);
        }
        if (!errors.isEmpty()) {
            ArrayNode list = body.putArray("errors");
            errors.forEach(error -> list.addObject().put("pointer", error.pointer()).put("rule", error.rule()).put("detail", error.detail()));
        }
        members.forEach(body::put);
        return body.toString();
    }

    private String title() {
        io.netty.handler.codec.http.HttpResponseStatus known = io.netty.handler.codec.http.HttpResponseStatus.valueOf(status);
        return known.reasonPhrase();
    }
}
