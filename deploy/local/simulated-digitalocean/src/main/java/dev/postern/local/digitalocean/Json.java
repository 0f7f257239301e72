package dev.postern.local.digitalocean;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** JSON bodies, and their members as the types that the API documents; what does not fit is refused with the member's name. */
final class Json {
    private static final int DEPTH_MAX = 64;
    private static final int STRING_CHARACTERS_MAX = 1_000_000;

    static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).maxStringLength(STRING_CHARACTERS_MAX).build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {
    }

    static ObjectNode object(byte[] body) {
        try {
            if (MAPPER.readTree(body) instanceof ObjectNode object) {
                return object;
            }
        } catch (IOException | RuntimeException malformed) {
            throw Refusal.badRequest("The request body is not well-formed JSON.");
        }
        throw Refusal.badRequest("The request body must be a JSON object.");
    }

    /** Null where the member is absent or null. */
    static String text(JsonNode object, String member) {
        JsonNode node = object.get(member);
        if (node == null || node.isNull()) {
            return null;
        }
        if (!node.isTextual()) {
            throw Refusal.unprocessable(member + " must be a string");
        }
        return node.textValue();
    }

    static String text(JsonNode object, String member, int charactersMax) {
        String text = text(object, member);
        if (text != null && text.length() > charactersMax) {
            throw Refusal.unprocessable(member + " is too long (maximum is " + charactersMax + " characters)");
        }
        return text;
    }

    static String requiredText(JsonNode object, String member, int charactersMax) {
        String text = text(object, member, charactersMax);
        if (text == null || text.isBlank()) {
            throw Refusal.unprocessable(member + " is required");
        }
        return text;
    }

    static boolean bool(JsonNode object, String member, boolean otherwise) {
        JsonNode node = object.get(member);
        if (node == null || node.isNull()) {
            return otherwise;
        }
        if (!node.isBoolean()) {
            throw Refusal.unprocessable(member + " must be a boolean");
        }
        return node.booleanValue();
    }

    static JsonNode requiredArray(JsonNode object, String member) {
        JsonNode node = object.get(member);
        if (node == null || !node.isArray()) {
            throw Refusal.unprocessable(member + " must be an array");
        }
        return node;
    }

    /** Empty where the member is absent or null. */
    static List<String> texts(JsonNode object, String member) {
        return list(object, member, node -> node.isTextual() ? node.textValue() : null, "strings");
    }

    /** Empty where the member is absent or null. */
    static List<Long> ids(JsonNode object, String member) {
        return list(object, member, node -> node.isIntegralNumber() && node.canConvertToLong() ? node.longValue() : null, "integers");
    }

    private static <T> List<T> list(JsonNode object, String member, Function<JsonNode, T> read, String what) {
        JsonNode array = object.get(member);
        if (array == null || array.isNull()) {
            return List.of();
        }
        if (!array.isArray()) {
            throw Refusal.unprocessable(member + " must be an array of " + what);
        }
        List<T> all = new ArrayList<>(array.size());
        for (JsonNode each : array) {
            T value = read.apply(each);
            if (value == null) {
                throw Refusal.unprocessable(member + " must be an array of " + what);
            }
            all.add(value);
        }
        return all;
    }
}
