// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

import java.util.Map;

/** A call that is refused: the HTTP status, a code and a message. What they look like in the body is the provider's. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final transient Map<String, String> headers;

    public Refusal(int status, String code, String message) {
        this(status, code, message, Map.of());
    }

    /** @param headers that its answer has too; names in lower case */
    public Refusal(int status, String code, String message, Map<String, String> headers) {
        super(message, null, false, false); // an answer, not an accident: no stack trace to pay for
        this.status = status;
        this.code = code;
        this.headers = headers;
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }

    Map<String, String> headers() {
        return headers;
    }

    public static Refusal badRequest(String message) {
        return new Refusal(400, "bad_request", message);
    }

    public static Refusal notFound() {
        return new Refusal(404, "not_found", "The resource you were accessing could not be found.");
    }

    public static Refusal conflict(String message) {
        return new Refusal(409, "conflict", message);
    }

    public static Refusal preconditionFailed(String message) {
        return new Refusal(412, "precondition_failed", message);
    }

    public static Refusal unprocessable(String message) {
        return new Refusal(422, "unprocessable_entity", message);
    }

    static Refusal overBudget(long retryAfterSeconds) {
        return new Refusal(429, "too_many_requests", "API Rate limit exceeded.", Map.of("retry-after", Long.toString(retryAfterSeconds)));
    }
}
