// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A published schema only grows: what was an event yesterday is one tomorrow. The published copies are replaced by wider ones, never by narrower. */
class PublishedSchemasTest {
    private static final List<String> UPPER = List.of("maxLength", "maxItems", "maximum");
    private static final List<String> LOWER = List.of("minLength", "minItems", "minimum");

    @TestFactory
    Stream<DynamicTest> aPublishedSchemaOnlyGrows() throws IOException {
        try (Stream<Path> published = Files.list(Schemas.PUBLISHED.folder())) {
            return published.map(file -> file.getFileName().toString()).sorted().toList().stream()
                .map(file -> DynamicTest.dynamicTest(file,
                    () -> assertThat(narrowed("", Schemas.PUBLISHED.file(file), Schemas.PRESENT.file(file))).isEmpty()));
        }
    }

    @Test
    void everySchemaIsPublished() throws IOException {
        assertThat(names(Schemas.PUBLISHED)).isEqualTo(names(Schemas.PRESENT));
    }

    @Test
    void theComparisonSeesEveryKindOfNarrowing() throws IOException {
        String before = """
            {"type": "object", "required": ["a"], "additionalProperties": true, "properties": {
              "a": {"type": "string", "maxLength": 5}, "b": {"enum": ["x", "y"]}, "c": {"type": ["object", "boolean"]}, "d": {"type": "array", "items": {"minimum": 1}}}}""";
        assertThat(narrowedBy(before, "/properties", "a")).containsExactly("/properties/a is gone");
        assertThat(narrowedBy(before, "/properties/a", "maxLength", "4")).containsExactly("/properties/a/maxLength is narrower");
        assertThat(narrowedBy(before, "/properties/a", "maxLength", "6")).isEmpty();
        assertThat(narrowedBy(before, "/properties/a", "minLength", "1")).containsExactly("/properties/a/minLength is new");
        assertThat(narrowedBy(before, "/properties/a", "pattern", "\"x\"")).containsExactly("/properties/a/pattern is new");
        assertThat(narrowedBy(before, "/properties/a", "type", "\"integer\"")).containsExactly("/properties/a/type is narrower");
        assertThat(narrowedBy(before, "/properties/b", "enum", "[\"x\"]")).containsExactly("/properties/b/enum is narrower");
        assertThat(narrowedBy(before, "/properties/b", "enum", "[\"x\", \"y\", \"z\"]")).isEmpty();
        assertThat(narrowedBy(before, "/properties/c", "type", "\"object\"")).containsExactly("/properties/c/type is narrower");
        assertThat(narrowedBy(before, "/properties/d/items", "minimum", "2")).containsExactly("/properties/d/items/minimum is narrower");
        assertThat(narrowedBy(before, "", "required", "[\"a\", \"b\"]")).containsExactly("/required is wider");
        assertThat(narrowedBy(before, "", "required", "[]")).containsExactly("/required is narrower");
        assertThat(narrowedBy(before, "", "additionalProperties", "false")).containsExactly("/additionalProperties changed");
        assertThat(narrowedBy(before, "", "not", "{}")).containsExactly("/not is new");
        assertThat(narrowedBy(before, "", "description", "\"new words\"")).isEmpty();
        assertThat(narrowedBy(before, "/properties", "e", "{\"type\": \"string\"}")).isEmpty();
    }

    private static List<String> narrowedBy(String before, String at, String member, String... value) throws IOException {
        JsonNode old = Golden.MAPPER.readTree(before);
        JsonNode changed = old.deepCopy();
        ObjectNode target = (ObjectNode) changed.at(at);
        if (value.length == 0) {
            target.remove(member);
        } else {
            target.set(member, Golden.MAPPER.readTree(value[0]));
        }
        return narrowed("", old, changed);
    }

    /** Returns the parts of a schema that are narrower than before; a keyword that is not known to be harmless must not change at all. */
    private static List<String> narrowed(String path, JsonNode before, JsonNode now) {
        List<String> narrowed = new ArrayList<>();
        Set<String> keywords = new HashSet<>();
        before.fieldNames().forEachRemaining(keywords::add);
        now.fieldNames().forEachRemaining(keywords::add);
        for (String keyword : keywords) {
            JsonNode old = before.get(keyword);
            JsonNode present = now.get(keyword);
            String at = path + "/" + keyword;
            if (Set.of("title", "description", "examples").contains(keyword)) {
                continue;
            }
            if (keyword.equals("properties") || keyword.equals("$defs")) {
                if (old != null) {
                    old.properties().forEach(member -> narrowed.addAll(present != null && present.has(member.getKey())
                        ? narrowed(at + "/" + member.getKey(), member.getValue(), present.get(member.getKey()))
                        : List.of(at + "/" + member.getKey() + " is gone")));
                }
            } else if (old == null) {
                narrowed.add(at + " is new");
            } else if (present == null) {
                narrowed.add(at + " is gone");
            } else if (keyword.equals("items")) {
                narrowed.addAll(narrowed(at, old, present));
            } else {
                narrowed.addAll(changed(keyword, at, old, present));
            }
        }
        return narrowed;
    }

    private static List<String> changed(String keyword, String at, JsonNode old, JsonNode present) {
        if (UPPER.contains(keyword)) {
            return present.longValue() < old.longValue() ? List.of(at + " is narrower") : List.of();
        }
        if (LOWER.contains(keyword)) {
            return present.longValue() > old.longValue() ? List.of(at + " is narrower") : List.of();
        }
        if (keyword.equals("enum") || keyword.equals("type")) {
            return words(present).containsAll(words(old)) ? List.of() : List.of(at + " is narrower");
        }
        if (keyword.equals("required")) {
            // Wider: what was an event is none any more. Narrower: what consumers rely on may be missing.
            return words(old).equals(words(present)) ? List.of() : List.of(at + (words(old).containsAll(words(present)) ? " is narrower" : " is wider"));
        }
        return old.equals(present) ? List.of() : List.of(at + " changed");
    }

    private static Set<String> words(JsonNode node) {
        Set<String> words = new HashSet<>();
        if (node.isTextual()) {
            words.add(node.textValue());
        }
        node.forEach(word -> words.add(word.asText()));
        return words;
    }

    private static List<String> names(Schemas schemas) throws IOException {
        try (Stream<Path> files = Files.list(schemas.folder())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
