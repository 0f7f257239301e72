// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.events.Utf8;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;

/**
 * Reads a body as JSON (RFC 8259) in the strictest sense (RFC 7493, I-JSON): one object, UTF-8, no member twice, no control characters in texts except
 * tab and line ends, no lone surrogates, numbers that fit a double, bounded depth. Everything else is refused and named; no message repeats what was sent.
 */
public final class StrictJson {
    /** Maximum nesting of objects and arrays; the body itself is the first level. */
    public static final int DEPTH_MAX = 32;
    /** The most characters of one number. */
    public static final int NUMBER_LENGTH_MAX = 100;
    private static final JsonFactory FACTORY = JsonFactory.builder()
        .streamReadConstraints(StreamReadConstraints.builder().maxNumberLength(NUMBER_LENGTH_MAX).maxNestingDepth(DEPTH_MAX + 1).build())
        .build();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private StrictJson() {}

    /** @throws Problem 400 that names what is wrong with the body, and where */
    public static JsonNode read(byte[] body) {
        String text = decode(body);
        try (JsonParser parser = FACTORY.createParser(text)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw Problem.badRequest("empty-body", "", "a JSON object is expected");
            }
            if (first != JsonToken.START_OBJECT) {
                throw Problem.badRequest("not-an-object", "", "a JSON object is expected");
            }
            JsonNode tree = object(parser, 1);
            if (parser.nextToken() != null) {
                throw Problem.badRequest("trailing-content", "", "nothing may follow the JSON object");
            }
            return tree;
        } catch (StreamConstraintsException tooLong) {
            throw Problem.badRequest("too-long", "", "a number has at most " + NUMBER_LENGTH_MAX + " characters, a name at most "
                + StreamReadConstraints.DEFAULT_MAX_NAME_LEN);
        } catch (JsonProcessingException malformed) {
            throw malformed(malformed.getLocation());
        } catch (IOException impossible) {
            throw malformed(null);
        }
    }

    /** @throws Problem 400 that names what is wrong with the body, or 400 {@code invalid-body} with all violations of the schema */
    public static JsonNode read(byte[] body, RequestSchema schema) {
        JsonNode tree = read(body);
        schema.check(tree).throwIfAny();
        return tree;
    }

    private static String decode(byte[] body) {
        if (body == null || body.length == 0) {
            throw Problem.badRequest("empty-body", "", "a JSON object is expected");
        }
        try {
            return Utf8.decode(body);
        } catch (CharacterCodingException notUtf8) {
            throw Problem.badRequest("not-utf8", "", "the body must be UTF-8");
        }
    }

    private static ObjectNode object(JsonParser parser, int depth) throws IOException {
        ObjectNode object = NODES.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            checkText(parser, name);
            if (object.has(name)) {
                throw Problem.badRequest("duplicate-member", pointer(parser), "a member may stand in an object only once");
            }
            parser.nextToken();
            object.set(name, value(parser, depth));
        }
        return object;
    }

    private static ArrayNode array(JsonParser parser, int depth) throws IOException {
        ArrayNode array = NODES.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(value(parser, depth));
        }
        return array;
    }

    private static JsonNode value(JsonParser parser, int depth) throws IOException {
        switch (parser.currentToken()) {
            case START_OBJECT:
                checkDepth(parser, depth);
                return object(parser, depth + 1);
            case START_ARRAY:
                checkDepth(parser, depth);
                return array(parser, depth + 1);
            case VALUE_STRING:
                checkText(parser, parser.getText());
                return NODES.textNode(parser.getText());
            case VALUE_NUMBER_INT:
                return integer(parser);
            case VALUE_NUMBER_FLOAT:
                return decimal(parser);
            case VALUE_TRUE:
                return NODES.booleanNode(true);
            case VALUE_FALSE:
                return NODES.booleanNode(false);
            case VALUE_NULL:
                return NODES.nullNode();
            default:
                throw malformed(parser.currentLocation());
        }
    }

    private static JsonNode integer(JsonParser parser) throws IOException {
        switch (parser.getNumberType()) {
            case INT:
                return NODES.numberNode(parser.getIntValue());
            case LONG:
                return NODES.numberNode(parser.getLongValue());
            default:
                return NODES.numberNode(parser.getBigIntegerValue());
        }
    }

    private static JsonNode decimal(JsonParser parser) throws IOException {
        double number = parser.getDoubleValue();
        if (!Double.isFinite(number)) {
            throw Problem.badRequest("number-out-of-range", pointer(parser), "the number must fit a double (IEEE 754)");
        }
        return NODES.numberNode(number);
    }

    private static void checkDepth(JsonParser parser, int depth) {
        if (depth >= DEPTH_MAX) {
            throw Problem.badRequest("too-deep", "", "objects and arrays may nest at most " + DEPTH_MAX + " deep");
        }
    }

    private static void checkText(JsonParser parser, String text) {
        if (!Text.isClean(text)) {
            throw Problem.badRequest("control-character", Text.isClean(pointer(parser)) ? pointer(parser) : "",
                "texts hold no control characters except tab and line ends, and no lone surrogates");
        }
    }

    private static String pointer(JsonParser parser) {
        JsonPointer pointer = parser.getParsingContext().pathAsPointer();
        return pointer.toString();
    }

    private static Problem malformed(JsonLocation where) {
        String place = where == null || where.getLineNr() < 1 ? "" : " at line " + where.getLineNr() + ", column " + where.getColumnNr();
        return Problem.badRequest("malformed-json", "", "the body is no JSON" + place);
    }
}
