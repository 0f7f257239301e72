// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Walks the sealed types: nobody adds an event and forgets its topic, its schema or its golden payloads. */
class EveryEventHasItsContract {
    private static final Schemas SCHEMAS = Schemas.PRESENT;

    @Test
    void everyEventHasOneTopicAndEveryTopicOneEvent() {
        assertThat(Arrays.stream(Topic.values()).<Class<?>>map(Topic::event)).containsExactlyInAnyOrder(Event.class.getPermittedSubclasses());
        assertThat(Arrays.stream(Topic.values()).map(Topic::topicName)).doesNotHaveDuplicates();
    }

    @TestFactory
    Stream<DynamicTest> everyEventHasASchemaUnderItsName() {
        return each(topic -> {
            JsonNode schema = SCHEMAS.of(topic).schema();
            assertThat(schema.path("$id").textValue()).isEqualTo("https://postern.dev/schemas/" + topic.topicName() + ".v1.json");
            assertThat(schema.path("$schema").textValue()).isEqualTo("https://json-schema.org/draft/2020-12/schema");
            assertThat(schema.path("title").textValue()).isNotBlank();
            assertThat(EventJson.class.getResource(topic.schemaResource())).isNotNull();
        });
    }

    @TestFactory
    Stream<DynamicTest> everyMemberOfEverySchemaIsDescribed() {
        return Stream.concat(Arrays.stream(Topic.values()).map(topic -> topic.topicName() + ".v1.json"), Stream.of("common.v1.json"))
            .map(file -> DynamicTest.dynamicTest(file, () -> Schemas.eachNode("", SCHEMAS.file(file), (pointer, node) -> {
                if ((pointer.endsWith("/properties") || pointer.endsWith("/$defs")) && !pointer.matches(".*/(if|then|else)/.*")) {
                    node.properties().forEach(member -> assertThat(member.getValue().path("description").asText())
                        .as(pointer + "/" + member.getKey()).isNotBlank());
                }
                if (node.path("type").asText().equals("string") && !node.has("enum")) {
                    assertThat(node.has("maxLength") || node.has("pattern")).as(pointer + " has a limit").isTrue();
                }
                if (node.path("type").asText().equals("array")) {
                    assertThat(node.has("maxItems")).as(pointer + " has a limit").isTrue();
                }
            })));
    }

    @TestFactory
    Stream<DynamicTest> everyMemberOfARecordStandsInItsSchemaAndNoOther() {
        return each(topic -> compare(topic.event(), SCHEMAS.of(topic), topic.topicName(), new HashSet<>()));
    }

    @TestFactory
    Stream<DynamicTest> everyEventHasSeveralGoldenPayloadsThatTogetherShowEveryMemberAndEveryWord() {
        return each(topic -> {
            assertThat(Golden.of(topic)).hasSizeGreaterThanOrEqualTo(2);
            Set<String> shown = new TreeSet<>();
            Golden.of(topic).forEach(golden -> Schemas.eachNode("", golden.tree(), (pointer, node) -> {
                shown.add(pointer.substring(pointer.lastIndexOf('/') + 1));
                if (node.isTextual()) {
                    shown.add(node.textValue());
                }
            }));
            assertThat(shown).containsAll(components(topic.event()));
            for (RecordComponent component : topic.event().getRecordComponents()) {
                if (component.getType().isEnum()) {
                    assertThat(shown).containsAll(words(component.getType()));
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> everyEventTellsTheSameTopicKeyAndIdHoweverOftenItIsRead() {
        return Golden.all().stream().map(golden -> DynamicTest.dynamicTest(golden.name(), () -> {
            Event once = golden.event();
            Event again = golden.event();
            assertThat(once).isEqualTo(again);
            assertThat(once.topic()).isEqualTo(golden.topic());
            assertThat(once.id()).isEqualTo(again.id());
            assertThat(once.key()).isEqualTo(again.key()).isNotBlank();
            assertThat(once.time()).isEqualTo(again.time());
        }));
    }

    @TestFactory
    Stream<DynamicTest> noReferenceLeadsOutOfTheClassPath() {
        return Stream.concat(Arrays.stream(Topic.values()).map(topic -> topic.topicName() + ".v1.json"), Stream.of("common.v1.json"))
            .map(file -> DynamicTest.dynamicTest(file, () -> Schemas.eachNode("", SCHEMAS.file(file), (pointer, node) -> {
                if (node.has("$ref")) {
                    assertThat(node.get("$ref").textValue()).as(pointer).matches("(?:common\\.v1\\.json)?#/\\$defs/[a-z0-9_]+");
                    assertThat(SCHEMAS.resolve(new Schemas.Place(file, node)).schema().isObject()).as(pointer).isTrue();
                }
            })));
    }

    private static Stream<DynamicTest> each(java.util.function.Consumer<Topic> check) {
        return Arrays.stream(Topic.values()).map(topic -> DynamicTest.dynamicTest(topic.topicName(), () -> check.accept(topic)));
    }

    private static void compare(Class<?> record, Schemas.Place place, String path, Set<Class<?>> seen) {
        if (!seen.add(record)) {
            return;
        }
        List<Schemas.Place> parts = SCHEMAS.parts(place);
        Map<String, Schemas.Place> members = parts.stream()
            .flatMap(part -> part.schema().path("properties").properties().stream()
                .map(member -> Map.entry(member.getKey(), new Schemas.Place(part.file(), member.getValue()))))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (first, second) -> first));
        Set<String> required = parts.stream().flatMap(part -> texts(part.schema().path("required"))).collect(Collectors.toSet());
        Set<String> discriminator = members.containsKey("type") && AuthorizationDetail.class.isAssignableFrom(record) ? Set.of("type") : Set.of();
        assertThat(without(members.keySet(), discriminator)).as(path).containsExactlyInAnyOrderElementsOf(components(record));
        for (RecordComponent component : record.getRecordComponents()) {
            String name = snake(component.getName());
            boolean optional = component.getType() == Optional.class;
            assertThat(required.contains(name)).as(path + "/" + name + " is required").isEqualTo(!optional);
            descend(component.getGenericType(), members.get(name), path + "/" + name, seen);
        }
    }

    private static void descend(Type type, Schemas.Place place, String path, Set<Class<?>> seen) {
        if (type instanceof ParameterizedType generic) {
            Schemas.Place at = SCHEMAS.resolve(place);
            boolean list = generic.getRawType() == List.class;
            if (list) {
                assertThat(at.schema().path("type").textValue()).as(path).isEqualTo("array");
            }
            descend(generic.getActualTypeArguments()[0], list ? new Schemas.Place(at.file(), at.schema().path("items")) : place, path, seen);
        } else if (type instanceof Class<?> plain && plain.isEnum()) {
            assertThat(texts(SCHEMAS.resolve(place).schema().path("enum"))).as(path).containsExactlyInAnyOrderElementsOf(words(plain));
        } else if (type == AuthorizationDetail.class) {
            for (Class<?> kind : AuthorizationDetail.class.getPermittedSubclasses()) {
                String name = snake(kind.getSimpleName().replace("DigitalOcean", "Digitalocean"));
                compare(kind, new Schemas.Place("common.v1.json", SCHEMAS.file("common.v1.json").at("/$defs/" + name)), path + "/" + name, seen);
            }
        } else if (type instanceof Class<?> record && record.isRecord() && SCHEMAS.resolve(place).schema().path("type").asText().equals("object")) {
            compare(record, place, path, seen);
        }
    }

    private static Set<String> components(Class<?> record) {
        return Arrays.stream(record.getRecordComponents()).map(component -> snake(component.getName())).collect(Collectors.toSet());
    }

    private static Set<String> words(Class<?> enumeration) {
        return Arrays.stream(enumeration.getEnumConstants()).map(constant -> {
            try {
                return enumeration.getField(((Enum<?>) constant).name()).getAnnotation(JsonProperty.class).value();
            } catch (NoSuchFieldException impossible) {
                throw new AssertionError(impossible);
            }
        }).collect(Collectors.toSet());
    }

    private static Set<String> without(Set<String> all, Set<String> some) {
        return all.stream().filter(one -> !some.contains(one)).collect(Collectors.toSet());
    }

    private static Stream<String> texts(JsonNode array) {
        return array.isArray() ? array.valueStream().map(JsonNode::textValue) : Stream.empty();
    }

    private static String snake(String name) {
        Function<String, String> naming = PropertyNamingStrategies.SnakeCaseStrategy.INSTANCE::translate;
        return naming.apply(name);
    }
}
