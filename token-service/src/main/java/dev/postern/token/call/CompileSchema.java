// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.token.Limits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compiles a schema of a stranger: every keyword known (a misspelt one would narrow nothing), references within the schema only and without circles,
 * everything bounded. Used once.
 */
final class CompileSchema {
    /** Levels of a schema. */
    static final int DEPTH_MAX = 20;
    /** Subschemas of a schema, references followed. */
    static final int SUBSCHEMAS_MAX = 500;
    /** Instructions of all patterns of a schema together. */
    static final int PROGRAMS_MAX = 10_000;
    private static final String RULE = "body-schema";
    private static final int UNITS_OF_SUBSCHEMA = 100;
    private static final int UNITS_OF_INSTRUCTION = 100;

    /** Pointer → the subschema there. */
    private final Map<String, Subschema> subschemas = new HashMap<>();
    /** Pointer → the pointers of the subschemas that stand in it or that it refers to. */
    private final Map<String, List<String>> next = new HashMap<>();
    private final Map<String, Long> weights = new HashMap<>();
    private final Work work;
    private int programs;
    private boolean tracking;

    private CompileSchema(Work work) {
        this.work = work;
    }

    /** A schema cannot be used. */
    static final class Faulty extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient BodySchema.Fault fault;

        Faulty(String pointer, String message) {
            this(new BodySchema.Fault(pointer, RULE, message));
        }

        private Faulty(BodySchema.Fault fault) {
            super(fault.message(), null, false, false);
            this.fault = fault;
        }

        BodySchema.Fault fault() {
            return fault;
        }
    }

    /** The compiled schema. @param work that compiling draws from @throws Faulty if it has a fault, or there is not enough work left */
    static BodySchema compile(JsonNode schema, Work work) throws Faulty {
        if (schema.toString().getBytes(StandardCharsets.UTF_8).length > Limits.BODY_SCHEMA_BYTES_MAX) {
            throw new Faulty(new BodySchema.Fault("", "too-long", "at most " + Limits.BODY_SCHEMA_BYTES_MAX + " bytes"));
        }
        CompileSchema compiler = new CompileSchema(work);
        try {
            Subschema root = compiler.subschema(schema, "", "false", 0);
            compiler.weight("", new HashSet<>());
            return new BodySchema(root, compiler.tracking);
        } catch (Work.Exhausted exhausted) {
            throw new Faulty("", "the schemas of a request are too large together");
        }
    }

    private Subschema subschema(JsonNode schema, String pointer, String standsUnder, int depth) throws Faulty {
        if (depth > DEPTH_MAX) {
            throw new Faulty(pointer, "at most " + DEPTH_MAX + " levels");
        }
        work.take(UNITS_OF_SUBSCHEMA);
        Subschema compiled = new Subschema(standsUnder);
        subschemas.put(pointer, compiled);
        next.put(pointer, new ArrayList<>());
        if (next.size() > SUBSCHEMAS_MAX) {
            throw new Faulty(pointer, "at most " + SUBSCHEMAS_MAX + " subschemas");
        }
        if (schema.isObject()) {
            new CompileKeywords(this, schema, pointer, depth, compiled).all();
        } else if (!schema.isBoolean()) {
            throw new Faulty(pointer, "a schema is an object, true or false");
        } else if (!schema.booleanValue()) {
            compiled.never();
        }
        return compiled;
    }

    /** Compiles a nested subschema. */
    Subschema within(String outer, JsonNode schema, String pointer, String keyword, int depth) throws Faulty {
        next.get(outer).add(pointer);
        return subschema(schema, pointer, keyword, depth + 1);
    }

    /** Compiles a subschema that only references lead to. */
    void definition(JsonNode schema, String pointer, int depth) throws Faulty {
        subschema(schema, pointer, "$ref", depth + 1);
    }

    /** Notes a reference; what it leads to may be compiled later. */
    void reference(String from, String to) {
        next.get(from).add(to);
    }

    /** The subschema at a pointer, after everything is compiled. */
    Subschema at(String pointer) {
        return subschemas.get(pointer);
    }

    /** Records that evaluated members are needed. */
    void tracks() {
        tracking = true;
    }

    /** Compiles a pattern. */
    LinearPattern pattern(String ecma, String pointer) throws Faulty {
        try {
            LinearPattern pattern = LinearPattern.of(ecma);
            programs += pattern.program();
            work.take((long) UNITS_OF_INSTRUCTION * pattern.program());
            if (programs > PROGRAMS_MAX) {
                throw new Faulty(pointer, "the patterns of a schema are too large together");
            }
            return pattern;
        } catch (IllegalArgumentException unusable) {
            throw new Faulty(pointer, unusable.getMessage());
        }
    }

    /** Returns the largest number of subschemas that a value may meet, each reference counted as its target. */
    private long weight(String pointer, Set<String> above) throws Faulty {
        Optional<Long> known = Optional.ofNullable(weights.get(pointer));
        if (known.isPresent()) {
            return known.get();
        }
        if (!next.containsKey(pointer) || !above.add(pointer)) {
            throw new Faulty("", "a reference leads to no schema within this one, or in a circle: " + pointer);
        }
        long weight = 1;
        for (String inner : next.get(pointer)) {
            weight += weight(inner, above);
            if (weight > SUBSCHEMAS_MAX) {
                throw new Faulty(pointer, "at most " + SUBSCHEMAS_MAX + " subschemas, references followed");
            }
        }
        above.remove(pointer);
        weights.put(pointer, weight);
        return weight;
    }
}
