// SPDX-License-Identifier: Apache-2.0
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
import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.resource.ClasspathSchemaLoader;
import com.networknt.schema.resource.DisallowSchemaLoader;
import java.nio.charset.CharacterCodingException;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Events to JSON and back. Both ways the payload is held to the event's schema: nothing that breaks it leaves, or becomes a record. */
public final class EventJson {
    /** The longest payload that is read, in bytes; with its headers it stays below the broker's limit of 1 MiB. */
    public static final int PAYLOAD_BYTES_MAX = 900_000;
    private static final int DEPTH_MAX = 64;
    private static final String SCHEMA_ID_PREFIX = "https://postern.dev/schemas/";
    private static final ObjectMapper MAPPER = mapper();
    private static final Map<Topic, JsonSchema> SCHEMAS = schemas();

    private EventJson() {}

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

    /**
     * The payload of an event.
     *
     * @throws IllegalArgumentException if the event breaks its own schema, or is too long: who receives it would refuse it. The message names the
     *                                  place, never the content
     */
    public static byte[] write(Event event) {
        Topic topic = event.topic();
        JsonNode tree = MAPPER.valueToTree(event);
        violation(topic, tree).ifPresent(violation -> {
            throw new IllegalArgumentException("no " + topic.type() + ": " + violation);
        });
        try {
            byte[] payload = MAPPER.writeValueAsBytes(tree);
            if (payload.length > PAYLOAD_BYTES_MAX) {
                throw new IllegalArgumentException("no " + topic.type() + ": longer than " + PAYLOAD_BYTES_MAX + " bytes");
            }
            return payload;
        } catch (JsonProcessingException unwritable) {
            throw new IllegalArgumentException("no " + topic.type() + ": " + unwritable.getClass().getSimpleName());
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
            JsonNode tree = MAPPER.readTree(text(payload));
            Optional<String> violation = violation(topic, tree);
            if (violation.isPresent()) {
                throw new Unreadable("no " + topic.type() + ": " + violation.get());
            }
            return MAPPER.treeToValue(tree, topic.event());
        } catch (JsonProcessingException unreadable) {
            throw new Unreadable("no " + topic.type() + ": " + unreadable.getClass().getSimpleName()
                + (unreadable.getLocation() == null ? "" : " in line " + unreadable.getLocation().getLineNr()
                    + ", column " + unreadable.getLocation().getColumnNr()));
        }
    }

    /** RFC 8259 section 8.1: UTF-8, and nothing else; left alone, the parser would guess other encodings. */
    private static String text(byte[] payload) throws Unreadable {
        try {
            return Utf8.decode(payload);
        } catch (CharacterCodingException malformed) {
            throw new Unreadable("payload is not UTF-8");
        }
    }

    private static Optional<String> violation(Topic topic, JsonNode tree) {
        return SCHEMAS.get(topic).validate(tree).stream().findFirst()
            .map(first -> "\"" + first.getInstanceLocation() + "\" breaks " + first.getSchemaLocation())
            .or(() -> unstorable(tree) ? Optional.of("holds U+0000, half of a surrogate pair, or a number beyond double precision") : Optional.empty());
    }

    /**
     * RFC 7493 section 2: half of a surrogate pair is no text, a number has the range of a double; and PostgreSQL keeps no U+0000. JSON can spell
     * all three.
     */
    private static boolean unstorable(JsonNode node) {
        if (node.isDouble()) {
            return !Double.isFinite(node.doubleValue());
        }
        if (node.isTextual()) {
            return unstorable(node.textValue());
        }
        if (node.isObject()) {
            for (Map.Entry<String, JsonNode> member : node.properties()) {
                if (unstorable(member.getKey()) || unstorable(member.getValue())) {
                    return true;
                }
            }
            return false;
        }
        for (JsonNode element : node) {
            if (unstorable(element)) {
                return true;
            }
        }
        return false;
    }

    private static boolean unstorable(String text) {
        for (int at = 0; at < text.length(); at++) {
            char one = text.charAt(at);
            if (one == 0) {
                return true;
            }
            if (Character.isSurrogate(one)) {
                if (!Character.isHighSurrogate(one) || at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1))) {
                    return true;
                }
                at++;
            }
        }
        return false;
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
            .pathType(PathType.JSON_POINTER).failFast(true).regularExpressionFactory(EventJson::pattern)
            .formatAssertionsEnabled(false).locale(Locale.ROOT).build();
        Map<Topic, JsonSchema> schemas = new EnumMap<>(Topic.class);
        for (Topic topic : Topic.values()) {
            JsonSchema schema = factory.getSchema(SchemaLocation.of(SCHEMA_ID_PREFIX + topic.topicName() + ".v1.json"), config);
            schema.initializeValidators();
            schemas.put(topic, schema);
        }
        return schemas;
    }

    /** The patterns of JSON Schema are those of ECMA-262, where {@code $} is the very end; Java's also matches before a last line break. */
    private static RegularExpression pattern(String ecma) {
        Pattern pattern = Pattern.compile(ecma.replace("$", "\\z"));
        return text -> pattern.matcher(text).find();
    }
}
