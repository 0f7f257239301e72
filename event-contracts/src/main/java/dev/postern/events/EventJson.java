package dev.postern.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import com.networknt.schema.resource.ClasspathSchemaLoader;
import com.networknt.schema.resource.DisallowSchemaLoader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Events to JSON and back. What is read is held to the event's schema first: nothing that breaks it becomes a record. */
public final class EventJson {
    /** The longest payload that is read, in bytes; with its headers it stays below the broker's limit of 1 MiB. */
    public static final int PAYLOAD_BYTES_MAX = 900_000;
    private static final int DEPTH_MAX = 64;
    private static final String SCHEMA_ID_PREFIX = "https://postern.dev/schemas/";
    private static final ObjectMapper MAPPER = mapper();
    private static final Map<Topic, JsonSchema> SCHEMAS = schemas();

    private EventJson() { }

    /** A payload that is no such event: unreadable, or against the schema. It never will be. */
    public static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message);
        }
    }

    /** The mapper of all events: snake_case, ISO 8601 times, absent members left out, unknown members ignored, duplicate members refused. */
    public static ObjectMapper mapper() {
        JsonMapper.Builder builder = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .addModule(new JavaTimeModule())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .serializationInclusion(JsonInclude.Include.NON_ABSENT)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION);
        ObjectMapper mapper = builder.build();
        mapper.getFactory().setStreamReadConstraints(StreamReadConstraints.builder()
            .maxNestingDepth(DEPTH_MAX).maxDocumentLength(PAYLOAD_BYTES_MAX).build());
        return mapper;
    }

    /** The payload of an event. */
    public static byte[] write(Event event) {
        try {
            return MAPPER.writeValueAsBytes(event);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException("an event of " + event.topic().topicName() + " has no JSON", impossible);
        }
    }

    /**
     * The event in a payload.
     *
     * @throws Unreadable if it is no JSON, breaks the schema of the topic's event, or holds a value that the event's types refuse; the message
     *                    names the place, never the content
     */
    public static Event read(Topic topic, byte[] payload) throws Unreadable {
        if (payload == null || payload.length == 0 || payload.length > PAYLOAD_BYTES_MAX) {
            throw new Unreadable("payload must have 1 to " + PAYLOAD_BYTES_MAX + " bytes");
        }
        try {
            JsonNode tree = MAPPER.readTree(payload);
            Set<ValidationMessage> violations = SCHEMAS.get(topic).validate(tree);
            if (!violations.isEmpty()) {
                throw new Unreadable(violations.stream().limit(3)
                    .map(violation -> violation.getInstanceLocation() + " breaks " + violation.getSchemaLocation())
                    .collect(Collectors.joining("; ")));
            }
            return MAPPER.treeToValue(tree, topic.event());
        } catch (JsonProcessingException unreadable) {
            throw new Unreadable("no " + topic.type() + ": " + unreadable.getClass().getSimpleName()
                + (unreadable.getLocation() == null ? "" : " at byte " + unreadable.getLocation().getByteOffset()));
        } catch (IOException unreadable) {
            throw new Unreadable("no JSON: " + unreadable.getClass().getSimpleName());
        }
    }

    /** Schemas come from the class path alone: a reference that leads elsewhere is an error, never a download. */
    private static Map<Topic, JsonSchema> schemas() {
        JsonSchemaFactory factory = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012, builder -> builder
            .schemaMappers(mappers -> mappers.mapPrefix(SCHEMA_ID_PREFIX, "classpath:schemas/"))
            .schemaLoaders(loaders -> loaders.values(all -> {
                all.clear();
                all.add(new ClasspathSchemaLoader());
                all.add(DisallowSchemaLoader.getInstance());
            })));
        SchemaValidatorsConfig config = SchemaValidatorsConfig.builder()
            .pathType(PathType.JSON_POINTER).failFast(true).formatAssertionsEnabled(false).locale(Locale.ROOT).build();
        Map<Topic, JsonSchema> schemas = new EnumMap<>(Topic.class);
        for (Topic topic : Topic.values()) {
            JsonSchema schema = factory.getSchema(SchemaLocation.of(SCHEMA_ID_PREFIX + topic.topicName() + ".v1.json"), config);
            schema.initializeValidators();
            schemas.put(topic, schema);
        }
        return schemas;
    }
}
