// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.postern.audit.Facts;
import dev.postern.events.Topic;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Walks the OpenAPI document and the resources, so that nobody forgets one in the other. */
class OpenApiDocumentTest {
    private static final List<Class<?>> RESOURCES = List.of(EntryResource.class, CheckpointResource.class, StreamResource.class);
    private static final JsonNode DOCUMENT = document();

    @Test
    void everyRouteIsDescribedAndEveryDescribedRouteIsThere() {
        Set<String> documented = new TreeSet<>();
        DOCUMENT.get("paths").properties().forEach(path -> path.getValue().fieldNames().forEachRemaining(verb -> documented.add(verb + " " + path.getKey())));
        Set<String> routes = new TreeSet<>();
        for (Class<?> resource : RESOURCES) {
            for (Method method : resource.getDeclaredMethods()) {
                Arrays.stream(method.getAnnotations()).map(each -> each.annotationType().getAnnotation(HttpMethod.class)).filter(java.util.Objects::nonNull)
                    .forEach(verb -> routes.add(verb.value().toLowerCase(Locale.ROOT) + " " + path(resource, method)));
            }
        }
        assertThat(documented).isEqualTo(routes);
    }

    @Test
    void everyParameterThatIsReadIsDescribedAndNoOther() {
        assertThat(parameters("/entries")).containsExactlyInAnyOrder(Filters.parametersAnd("order", "cursor", "limit"));
        assertThat(parameters("/stream")).containsExactlyInAnyOrder("topic", "after", "Last-Event-ID");
        assertThat(parameters("/checkpoint")).isEmpty();
        assertThat(parameters("/entries/{index}")).containsExactly("index");
    }

    @Test
    void valuesThatAreTakenAreTheOnesThatAreDescribed() {
        assertThat(texts(DOCUMENT.at("/components/schemas/Outcome/enum"))).containsExactlyElementsOf(Facts.OUTCOMES);
        assertThat(texts(DOCUMENT.at("/components/schemas/TopicName/enum"))).containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Topic.values()).filter(topic -> topic != Topic.AUDIT_LOG).map(Topic::topicName).toList());
    }

    @Test
    void everyParameterBodyAnswerAndErrorIsDescribed() {
        DOCUMENT.get("paths").properties().forEach(path -> path.getValue().properties().forEach(operation -> {
            String name = operation.getKey() + " " + path.getKey();
            JsonNode described = operation.getValue();
            assertThat(described.path("operationId").asText()).as(name).isNotEmpty();
            assertThat(described.path("summary").asText()).as(name).isNotEmpty();
            assertThat(described.path("description").asText()).as(name).isNotEmpty();
            described.path("parameters").forEach(parameter -> {
                assertThat(parameter.path("description").asText()).as("%s %s", name, parameter).isNotEmpty();
                assertThat(parameter.path("schema").isObject()).as("%s %s", name, parameter).isTrue();
            });
            assertThat(described.get("responses").fieldNames()).toIterable().as(name).contains("200", "400", "401", "403", "503");
            described.get("responses").forEach(response -> {
                JsonNode whole = resolved(response);
                assertThat(whole.path("description").asText()).as(name).isNotEmpty();
                assertThat(whole.path("content").size()).as(name).isPositive();
                whole.get("content").forEach(content -> assertThat(resolved(content.path("schema")).path("description").asText()).as(name).isNotEmpty());
            });
        }));
    }

    @Test
    void everyMemberOfEverySchemaIsDescribed() {
        DOCUMENT.at("/components/schemas").properties().forEach(schema -> {
            assertThat(schema.getValue().path("description").asText()).as(schema.getKey()).isNotEmpty();
            schema.getValue().path("properties").properties().forEach(
                member -> assertThat(resolved(member.getValue()).path("description").asText()).as("%s/%s", schema.getKey(), member.getKey()).isNotEmpty());
        });
    }

    private static List<String> parameters(String path) {
        List<String> names = new ArrayList<>();
        DOCUMENT.get("paths").get(path).get("get").path("parameters").forEach(parameter -> names.add(parameter.get("name").asText()));
        return names;
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
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
