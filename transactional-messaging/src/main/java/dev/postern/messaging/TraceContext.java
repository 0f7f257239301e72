// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import io.smallrye.common.vertx.ContextLocals;
import io.smallrye.common.vertx.VertxContext;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The W3C trace context ({@code traceparent}, https://www.w3.org/TR/trace-context/) of what is being worked on, carried from a request or a record to
 * the events that follow from it. Only carried: this service records no spans.
 */
public final class TraceContext {
    /** The header's name, over HTTP and in Kafka. */
    public static final String HEADER = "traceparent";
    private static final Pattern FORM = Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
    private static final String LOCAL = "postern.traceparent";

    private TraceContext() {}

    /** A header's value, if it is one: what is malformed is dropped, as the recommendation says. */
    public static Optional<String> of(String header) {
        return header != null && FORM.matcher(header).matches() ? Optional.of(header) : Optional.empty();
    }

    /** From here on, on this Vert.x context, events carry {@code traceparent}. */
    public static void carry(Optional<String> traceparent) {
        if (VertxContext.isOnDuplicatedContext()) {
            traceparent.ifPresentOrElse(value -> ContextLocals.put(LOCAL, value), () -> ContextLocals.remove(LOCAL));
        }
    }

    /** Returns the trace context carried by the current Vert.x context. */
    public static Optional<String> carried() {
        return VertxContext.isOnDuplicatedContext() ? ContextLocals.get(LOCAL) : Optional.empty();
    }

    /** Returns the trace id of the carried context, for log lines. */
    public static Optional<String> carriedId() {
        return carried().map(value -> value.split("-", 3)[1]);
    }
}
