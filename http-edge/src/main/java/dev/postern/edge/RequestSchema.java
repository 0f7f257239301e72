// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import com.networknt.schema.regex.RegularExpression;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** A JSON Schema (2020-12) that a request body is held to. Compiled once; safe for all threads. */
public final class RequestSchema {
    private static final JsonSchemaFactory FACTORY = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    private static final SchemaValidatorsConfig CONFIG = SchemaValidatorsConfig.builder()
        .pathType(PathType.JSON_POINTER).locale(Locale.ENGLISH).formatAssertionsEnabled(true)
        .regularExpressionFactory(RequestSchema::pattern).build();
    private final JsonSchema schema;
    private final JsonNode document;

    private RequestSchema(JsonSchema schema, JsonNode document) {
        this.schema = schema;
        this.document = document;
    }

    /**
     * @param resource absolute name in the class path, as {@code /request-schemas/access-request.json}
     * @throws IllegalArgumentException if there is none
     */
    public static RequestSchema of(String resource) {
        String name = resource.startsWith("/") ? resource.substring(1) : resource;
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        try (InputStream in = (loader == null ? RequestSchema.class.getClassLoader() : loader).getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("no schema " + resource + " in the class path");
            }
            JsonNode document = new JsonMapper().readTree(in);
            JsonSchema schema = FACTORY.getSchema(document, CONFIG);
            schema.initializeValidators();
            return new RequestSchema(schema, document);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("schema " + resource + " is no JSON", unreadable);
        }
    }

    /** All that is wrong with a body: the pointer of the member (also of one that is missing or unknown) and the schema keyword as rule. */
    public Violations check(JsonNode body) {
        Violations violations = new Violations();
        for (ValidationMessage message : schema.validate(body)) {
            String at = message.getInstanceLocation().toString();
            String member = message.getProperty() == null ? "" : "/" + message.getProperty().replace("~", "~0").replace("/", "~1");
            violations.add(at + member, message.getType(), detail(message, at));
        }
        return violations;
    }

    /** A pattern means the whole text: {@code $} is its end, as ECMA-262 has it, and not also the place before a last line end, as Java does. */
    private static RegularExpression pattern(String ecma) {
        Pattern pattern = Pattern.compile(ecma.replace("$", "\\z"));
        return text -> pattern.matcher(text).find();
    }

    private String detail(ValidationMessage message, String at) {
        switch (message.getType()) {
            case "enum":
                return "must be " + words(message.getSchemaNode());
            case "additionalProperties":
                return unknown(message);
            case "required":
                return "is required";
            case "type":
                String wanted = message.getSchemaNode().asText();
                return message.getInstanceNode() == null || !message.getInstanceNode().isNull() ? "must be of the JSON type " + wanted
                    : "is null; leave it out, or write a value of the JSON type " + wanted;
            default:
                String text = message.getMessage();
                String prefix = at + ": ";
                return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
        }
    }

    /** {@code tcp or udp}. */
    private static String words(JsonNode choices) {
        List<String> words = new ArrayList<>();
        choices.forEach(choice -> words.add(choice.asText()));
        return words.size() < 2 ? String.join("", words) : String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.get(words.size() - 1);
    }

    /** Names the known member that was meant, or all of them. */
    private String unknown(ValidationMessage message) {
        String keyword = message.getSchemaLocation().getFragment().toString();
        JsonNode properties = document.at(keyword.substring(0, Math.max(0, keyword.lastIndexOf('/')))).path("properties");
        List<String> names = new ArrayList<>();
        properties.fieldNames().forEachRemaining(names::add);
        return NearestName.to(message.getProperty(), names).map(name -> "is not known; did you mean " + name + "?")
            .orElse("is not known; known are " + String.join(", ", names));
    }
}
