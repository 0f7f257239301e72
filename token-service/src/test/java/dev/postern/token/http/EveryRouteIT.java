// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Walks the routes and the OpenAPI document, so that nobody forgets one in the other. */
@QuarkusTest
class EveryRouteIT {
    private static final List<Class<?>> RESOURCES = List.of(AccessRequestResource.class, TokenResource.class, OAuthResource.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static JsonNode document() throws IOException {
        return JSON.readTree(given().queryParam("format", "json").get("/q/openapi").then().statusCode(200).extract().asString());
    }

    @Test
    void isDocumentedAndEveryDocumentedRouteIsThere() throws IOException {
        Set<String> documented = new TreeSet<>();
        document().get("paths").fields().forEachRemaining(path -> path.getValue().fieldNames().forEachRemaining(member -> {
            if (Set.of("get", "post", "put", "delete", "patch").contains(member)) {
                documented.add(member + " " + path.getKey());
            }
        }));
        Set<String> routes = new TreeSet<>();
        for (Class<?> resource : RESOURCES) {
            for (Method method : resource.getDeclaredMethods()) {
                verb(method).ifPresent(verb -> routes.add(verb + " " + pathOf(resource, method)));
            }
        }
        assertThat(documented).isEqualTo(routes);
    }

    @Test
    void saysWhoMayCallIt() {
        for (Class<?> resource : RESOURCES) {
            for (Method method : resource.getDeclaredMethods()) {
                if (verb(method).isPresent()) {
                    assertThat(method.isAnnotationPresent(RolesAllowed.class) || method.isAnnotationPresent(PermitAll.class)).as(method.toString()).isTrue();
                }
            }
        }
    }

    @Test
    void describesTheBodyThatTheServiceHoldsRequestsTo() throws IOException {
        try (InputStream in = EveryRouteIT.class.getResourceAsStream("/request-schemas/access-request.json")) {
            JsonNode schema = JSON.readTree(in);
            JsonNode schemas = document().at("/components/schemas");
            ObjectNode described = (ObjectNode) named(schema);
            described.remove(List.of("$schema", "$id", "$defs"));
            assertThat(schemas.get("NewAccessRequest")).isEqualTo(described);
            schema.get("$defs").fields().forEachRemaining(part -> assertThat(schemas.get(camel(part.getKey()))).isEqualTo(named(part.getValue())));
        }
    }

    /** The same with references into the OpenAPI document. */
    private static JsonNode named(JsonNode node) {
        if (node instanceof ObjectNode object) {
            ObjectNode copy = JSON.createObjectNode();
            object.fields().forEachRemaining(member -> copy.set(member.getKey(), member.getKey().equals("$ref")
                ? JSON.getNodeFactory().textNode("#/components/schemas/" + camel(member.getValue().textValue().substring("#/$defs/".length())))
                : named(member.getValue())));
            return copy;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = JSON.createArrayNode();
            array.forEach(element -> copy.add(named(element)));
            return copy;
        }
        return node;
    }

    private static String camel(String snake) {
        StringBuilder camel = new StringBuilder();
        for (String word : snake.split("_")) {
            camel.append(word.equals("digitalocean") ? "DigitalOcean" : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        return camel.toString();
    }

    private static java.util.Optional<String> verb(Method method) {
        return Arrays.stream(method.getAnnotations()).map(Annotation::annotationType).map(type -> type.getAnnotation(HttpMethod.class))
            .filter(java.util.Objects::nonNull).map(verb -> verb.value().toLowerCase(Locale.ROOT)).findFirst();
    }

    private static String pathOf(Class<?> resource, Method method) {
        String base = resource.getAnnotation(Path.class).value();
        String own = method.isAnnotationPresent(Path.class) ? method.getAnnotation(Path.class).value() : "";
        return (base.equals("/") ? "" : base) + own;
    }
}
