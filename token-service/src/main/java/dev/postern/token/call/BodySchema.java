package dev.postern.token.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaId;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import com.networknt.schema.resource.ClasspathSchemaLoader;
import com.networknt.schema.resource.DisallowSchemaLoader;
import java.util.Locale;
import java.util.Optional;

/**
 * A {@code body_schema}: JSON Schema 2020-12 from a stranger, compiled so that it can neither fetch anything nor take long. Immutable; safe for any
 * thread.
 */
public final class BodySchema {
    /** Nodes of a body times subschemas that may meet them; about a second of work at most. A body beyond it does not fulfil the schema. */
    static final long WORK_MAX = 20_000_000;
    private static final JsonSchema METASCHEMA = metaschema();
    private static final JsonSchemaFactory FACTORY = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012,
        builder -> builder.schemaLoaders(loaders -> loaders.values(all -> {
            all.clear();
            all.add(DisallowSchemaLoader.getInstance());
        })));

    private final JsonSchema schema;
    private final long subschemas;

    private BodySchema(JsonSchema schema, long subschemas) {
        this.schema = schema;
        this.subschemas = subschemas;
    }

    /**
     * What is wrong with a schema.
     *
     * @param pointer where, from the schema's root
     * @param rule    which rule it breaks
     * @param message what the rule asks for
     */
    public record Fault(String pointer, String rule, String message) { }

    /** Why a schema cannot be used; empty if it can. */
    public static Optional<Fault> fault(JsonNode schema) {
        SchemaShape shape = SchemaShape.of(schema);
        if (shape.fault().isPresent()) {
            return shape.fault();
        }
        Optional<Fault> against = METASCHEMA.validate(schema).stream().findFirst().map(BodySchema::fault);
        return against.isPresent() ? against : uncompilable(schema);
    }

    /** Compiles it. @throws IllegalArgumentException if it has a fault */
    static BodySchema compile(JsonNode schema) {
        fault(schema).ifPresent(fault -> {
            throw new IllegalArgumentException("body_schema" + fault.pointer() + ": " + fault.message());
        });
        return new BodySchema(compiled(schema), SchemaShape.of(schema).subschemas());
    }

    /** Whether a body fulfils it; one that cannot be judged within the limits does not. */
    boolean fulfilledBy(JsonNode body) {
        if (nodes(body) * subschemas > WORK_MAX) {
            return false;
        }
        try {
            return schema.validate(body).isEmpty();
        } catch (BoundedPattern.TooMuchWork | StackOverflowError | ArithmeticException notWithinLimits) {
            return false;
        }
    }

    private static Optional<Fault> uncompilable(JsonNode schema) {
        try {
            compiled(schema);
            return Optional.empty();
        } catch (RuntimeException broken) {
            return Optional.of(new Fault("", "body-schema", "is no JSON Schema (2020-12) that can be used"));
        }
    }

    private static JsonSchema compiled(JsonNode schema) {
        JsonSchema compiled = FACTORY.getSchema(schema, SchemaValidatorsConfig.builder().pathType(PathType.JSON_POINTER).failFast(true)
            .regularExpressionFactory(BoundedPattern::of).formatAssertionsEnabled(false).locale(Locale.ROOT).build());
        compiled.initializeValidators();
        return compiled;
    }

    private static Fault fault(ValidationMessage message) {
        return new Fault(message.getInstanceLocation().toString(), "body-schema", "is no JSON Schema (2020-12): " + message.getType());
    }

    private static long nodes(JsonNode node) {
        long nodes = 1;
        for (JsonNode child : node) {
            nodes += nodes(child);
        }
        return nodes;
    }

    /** The specification's own schema of schemas, from the validator's class path. */
    private static JsonSchema metaschema() {
        JsonSchemaFactory factory = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012,
            builder -> builder.schemaLoaders(loaders -> loaders.values(all -> {
                all.clear();
                all.add(new ClasspathSchemaLoader());
                all.add(DisallowSchemaLoader.getInstance());
            })).schemaMappers(mappers -> mappers.mapPrefix("https://json-schema.org", "classpath:")));
        JsonSchema schema = factory.getSchema(SchemaLocation.of(SchemaId.V202012),
            SchemaValidatorsConfig.builder().pathType(PathType.JSON_POINTER).failFast(true).locale(Locale.ROOT).build());
        schema.initializeValidators();
        return schema;
    }
}
