package dev.postern.edge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;

/** A JSON Schema (2020-12) that a request body is held to. Compiled once; safe for all threads. */
public final class RequestSchema {
    private static final JsonSchemaFactory FACTORY = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    private static final SchemaValidatorsConfig CONFIG = SchemaValidatorsConfig.builder()
        .pathType(PathType.JSON_POINTER).locale(Locale.ENGLISH).formatAssertionsEnabled(true).build();
    private final JsonSchema schema;

    private RequestSchema(JsonSchema schema) {
        this.schema = schema;
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
            JsonSchema schema = FACTORY.getSchema(new JsonMapper().readTree(in), CONFIG);
            schema.initializeValidators();
            return new RequestSchema(schema);
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

    private static String detail(ValidationMessage message, String at) {
        String text = message.getMessage();
        String prefix = at + ": ";
        return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
    }
}
