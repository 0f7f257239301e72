// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** JSON bodies, and their members as the types that the API documents; what does not fit is refused with the member's name. */
public final class Json {
    private static final int DEPTH_MAX = 64;
    private static final int STRING_CHARACTERS_MAX = 1_000_000;

    public static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
        .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).maxStringLength(STRING_CHARACTERS_MAX).build())
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .build())
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .build();

    private Json() {
    }

    static JsonNode read(byte[] body) {
        try {
            return MAPPER.readTree(body);
        } catch (IOException | RuntimeException malformed) {
            throw Refusal.badRequest("The request body is not well-formed JSON.");
        }
    }

    /** Null where the member is absent or null. */
    public static String text(JsonNode object, String member) {
        JsonNode node = object.get(member);
        if (node == null || node.isNull()) {
            return null;
        }
        if (!node.isTextual()) {
            throw Refusal.unprocessable(member + " must be a string");
        }
        return node.textValue();
    }

    public static String text(JsonNode object, String member, int charactersMax) {
        String text = text(object, member);
        if (text != null && text.length() > charactersMax) {
            throw Refusal.unprocessable(member + " is too long (maximum is " + charactersMax + " characters)");
        }
        return text;
    }

    public static String requiredText(JsonNode object, String member, int charactersMax) {
        String text = text(object, member, charactersMax);
        if (text == null || text.isBlank()) {
            throw Refusal.unprocessable(member + " is required");
        }
        return text;
    }

    /** An integer between the two, or the other where the member is absent or null. */
    public static Long integer(JsonNode object, String member, long least, long most, Long otherwise) {
        JsonNode node = object.get(member);
        if (node == null || node.isNull()) {
            return otherwise;
        }
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < least || node.longValue() > most) {
            throw Refusal.unprocessable(member + " must be an integer from " + least + " to " + most);
        }
        return node.longValue();
    }

    /** The constant of that name in lower case, or the other where the member is absent or null. */
    public static <E extends Enum<E>> E one(JsonNode object, String member, Class<E> type, E otherwise) {
        String text = text(object, member, 64);
        if (text == null) {
            return otherwise;
        }
        for (E constant : type.getEnumConstants()) {
            if (lower(constant).equals(text)) {
                return constant;
            }
        }
        throw Refusal.unprocessable(member + " must be one of " + Arrays.stream(type.getEnumConstants()).map(Json::lower).toList());
    }

    /** Refuses members that nobody knows. */
    public static void onlyMembers(JsonNode object, Set<String> known) {
        for (String member : (Iterable<String>) object::fieldNames) {
            if (!known.contains(member)) {
                throw Refusal.unprocessable(member + " is not known here; known: " + new TreeSet<>(known));
            }
        }
    }

    public static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    public static boolean bool(JsonNode object, String member, boolean otherwise) {
        JsonNode node = object.get(member);
        if (node == null || node.isNull()) {
            return otherwise;
        }
        if (!node.isBoolean()) {
            throw Refusal.unprocessable(member + " must be a boolean");
        }
        return node.booleanValue();
    }

    public static JsonNode requiredArray(JsonNode object, String member) {
        JsonNode node = object.get(member);
        if (node == null || !node.isArray()) {
            throw Refusal.unprocessable(member + " must be an array");
        }
        return node;
    }

    /** Empty where the member is absent or null. */
    public static List<String> texts(JsonNode object, String member) {
        return list(object, member, node -> node.isTextual() ? node.textValue() : null, "strings");
    }

    /** Empty where the member is absent or null. Ids may be written as text, as Ansible's modules do. */
    public static List<Long> ids(JsonNode object, String member) {
        return list(object, member, Json::id, "integers");
    }

    private static Long id(JsonNode node) {
        if (node.isTextual()) {
            return node.textValue().matches("\\d{1,18}") ? Long.valueOf(node.textValue()) : null;
        }
        return node.isIntegralNumber() && node.canConvertToLong() ? node.longValue() : null;
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
