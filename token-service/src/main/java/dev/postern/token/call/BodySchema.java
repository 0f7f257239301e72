// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.token.call.Evaluation.Spot;
import java.util.Optional;

/**
 * A {@code body_schema}: JSON Schema 2020-12 from a stranger, compiled so that it can neither fetch anything nor take long. Every step of a check draws from
 * the {@link Work} of its call; see docs/adr/0019. Immutable; safe for any thread.
 */
public final class BodySchema {
    private final Subschema root;
    private final boolean tracking;

    BodySchema(Subschema root, boolean tracking) {
        this.root = root;
        this.tracking = tracking;
    }

    /**
     * A fault of a schema.
     *
     * @param pointer where, from the schema's root
     * @param rule    which rule it breaks
     * @param message what the rule asks for
     */
    public record Fault(String pointer, String rule, String message) {}

    /**
     * A place at which a body violates a schema.
     *
     * @param pointer JSON pointer into the body
     * @param rule    the keyword that does not hold; {@code work} for a check that took more work than a call may
     */
    public record Violation(String pointer, String rule) {
        /** Returns the form used in refusals: {@code /inbound_rules/0/ports: const}. */
        @Override
        public String toString() {
            return pointer + ": " + rule;
        }
    }

    /** Returns the reason for which a schema cannot be used; empty if it can. */
    public static Optional<Fault> fault(JsonNode schema) {
        return fault(schema, Work.ofRequest());
    }

    /** Returns the reason for which a schema cannot be used; empty if it can. @param work budget that the schemas of one request share */
    public static Optional<Fault> fault(JsonNode schema, Work work) {
        try {
            CompileSchema.compile(schema, work);
            return Optional.empty();
        } catch (CompileSchema.Faulty faulty) {
            return Optional.of(faulty.fault());
        }
    }

    /** Compiles it. @throws IllegalArgumentException if it has a fault */
    static BodySchema compile(JsonNode schema) {
        try {
            return CompileSchema.compile(schema, Work.ofRequest());
        } catch (CompileSchema.Faulty faulty) {
            throw new IllegalArgumentException("body_schema" + faulty.fault().pointer() + ": " + faulty.fault().message());
        }
    }

    /** The first rule that a body does not fulfil, or {@code work} if that cannot be found out with the work that is left; empty if it fulfils all. */
    Optional<Violation> violation(JsonNode body, Work work) {
        Evaluation evaluation = new Evaluation(work, tracking);
        try {
            root.holds(body, new Spot(null, ""), evaluation, null);
            return evaluation.violation();
        } catch (Work.Exhausted exhausted) {
            return Optional.of(new Violation("", "work"));
        }
    }

    /** Returns whether a body fulfils it within the work of one call. */
    boolean fulfilledBy(JsonNode body) {
        return violation(body, new Work()).isEmpty();
    }
}
