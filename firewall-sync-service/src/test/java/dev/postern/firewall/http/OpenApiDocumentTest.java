// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Walks the OpenAPI document and the resources, so that nobody forgets one in the other. */
class OpenApiDocumentTest {
    private static final List<Class<?>> RESOURCES = List.of(ServiceResource.class, ReconciliationResource.class);
    private static final JsonNode DOCUMENT = document();

    @Test
    void everyRouteIsDescribedAndEveryDescribedRouteIsThere() {
        Set<String> documented = new TreeSet<>();
        operations((path, verb, operation) -> documented.add(verb + " " + path));
        Set<String> routes = new TreeSet<>();
        for (Class<?> resource : RESOURCES) {
            for (Method method : resource.getDeclaredMethods()) {
                verb(method).ifPresent(verb -> routes.add(verb + " " + path(resource, method)));
            }
        }
        assertThat(documented).isEqualTo(routes);
    }

    @Test
    void everyHeaderAndPathParameterThatIsReadIsDescribedAndNoOther() {
        Set<String> read = new TreeSet<>();
        for (Class<?> resource : RESOURCES) {
            for (Method method : resource.getDeclaredMethods()) {
                verb(method).ifPresent(verb -> Arrays.stream(method.getParameters()).forEach(parameter -> {
                    String operation = verb + " " + path(resource, method) + " ";
                    if (parameter.isAnnotationPresent(HeaderParam.class)) {
                        read.add(operation + parameter.getAnnotation(HeaderParam.class).value());
                    } else if (parameter.isAnnotationPresent(PathParam.class)) {
                        read.add(operation + parameter.getAnnotation(PathParam.class).value());
                    }
                }));
            }
        }
        Set<String> described = new TreeSet<>();
        operations((path, verb, operation) -> parameters(path, operation).stream().filter(parameter -> !parameter.get("in").asText().equals("query"))
            .forEach(parameter -> described.add(verb + " " + path + " " + parameter.get("name").asText())));
        assertThat(described).isEqualTo(read);
    }

    @Test
    void bodyIsDescribedAsRequestsAreHeldToIt() throws IOException {
        try (InputStream in = OpenApiDocumentTest.class.getResourceAsStream("/request-schemas/service.json")) {
            ObjectNode schema = (ObjectNode) new ObjectMapper().readTree(in);
            schema.remove(List.of("$schema", "title"));
            assertThat(DOCUMENT.at("/components/schemas/NewService")).isEqualTo(schema);
        }
    }

    @Test
    void everyParameterBodyAnswerAndErrorIsDescribed() {
        operations((path, verb, described) -> {
            String name = verb + " " + path;
            assertThat(described.path("operationId").asText()).as(name).isNotEmpty();
            assertThat(described.path("summary").asText()).as(name).isNotEmpty();
            assertThat(described.path("description").asText()).as(name).isNotEmpty();
            parameters(path, described).forEach(parameter -> {
                assertThat(parameter.path("description").asText()).as("%s %s", name, parameter).isNotEmpty();
                assertThat(parameter.path("schema").isObject()).as("%s %s", name, parameter).isTrue();
            });
            assertThat(described.has("requestBody")).as(name).isEqualTo(verb.equals("put"));
            described.path("requestBody").path("content")
                .forEach(content -> assertThat(resolved(content.path("schema")).path("description").asText()).as(name).isNotEmpty());
            assertThat(described.get("responses").fieldNames()).toIterable().as(name).contains("400", "401", "403", "503");
            described.get("responses").properties().forEach(response -> {
                JsonNode whole = resolved(response.getValue());
                assertThat(whole.path("description").asText()).as(name).isNotEmpty();
                assertThat(whole.path("content").isEmpty()).as("%s %s", name, response.getKey()).isEqualTo(response.getKey().equals("204"));
                whole.path("content").forEach(content -> assertThat(resolved(content.path("schema")).path("description").asText()).as(name).isNotEmpty());
            });
        });
    }

    @Test
    void everyMemberOfEverySchemaIsDescribed() {
        DOCUMENT.at("/components/schemas").properties().forEach(schema -> {
            assertThat(schema.getValue().path("description").asText()).as(schema.getKey()).isNotEmpty();
            schema.getValue().path("properties").properties().forEach(
                member -> assertThat(resolved(member.getValue()).path("description").asText()).as("%s/%s", schema.getKey(), member.getKey()).isNotEmpty());
        });
    }

    private interface Visitor {
        void visit(String path, String verb, JsonNode operation);
    }

    private static void operations(Visitor visitor) {
        DOCUMENT.get("paths").properties().forEach(path -> path.getValue().properties().stream().filter(member -> !member.getKey().equals("parameters"))
            .forEach(operation -> visitor.visit(path.getKey(), operation.getKey(), operation.getValue())));
    }

    private static List<JsonNode> parameters(String path, JsonNode operation) {
        List<JsonNode> parameters = new ArrayList<>();
        DOCUMENT.get("paths").get(path).path("parameters").forEach(parameter -> parameters.add(resolved(parameter)));
        operation.path("parameters").forEach(parameter -> parameters.add(resolved(parameter)));
        return parameters;
    }

    private static Optional<String> verb(Method method) {
        return Arrays.stream(method.getAnnotations()).map(each -> each.annotationType().getAnnotation(HttpMethod.class)).filter(java.util.Objects::nonNull)
            .map(verb -> verb.value().toLowerCase(Locale.ROOT)).findFirst();
    }

    private static JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? DOCUMENT.at(node.get("$ref").asText().substring(1)) : node;
    }

    private static String path(Class<?> resource, Method method) {
        return resource.getAnnotation(Path.class).value() + (method.isAnnotationPresent(Path.class) ? method.getAnnotation(Path.class).value() : "");
    }

    private static JsonNode document() {
        try (InputStream in = OpenApiDocumentTest.class.getResourceAsStream("/META-INF/openapi.yaml")) {
            return new YAMLMapper().readTree(in);
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }
}
