// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The AsyncAPI document says what the types say. */
class AsyncApiTest {
    private static final JsonNode DOCUMENT = document();

    @Test
    void itsChannelsAreTheTopicsWithTheirSettings() {
        Map<String, Topics.Definition> channels = new TreeMap<>();
        for (JsonNode channel : DOCUMENT.get("channels")) {
            JsonNode kafka = channel.at("/bindings/kafka");
            Map<String, String> settings = new LinkedHashMap<>();
            kafka.get("topicConfiguration").properties().forEach(setting -> settings.put(setting.getKey(),
                setting.getValue().isArray() ? setting.getValue().get(0).asText() : setting.getValue().asText()));
            String name = channel.get("address").textValue();
            assertThat(kafka.get("topic").textValue()).isEqualTo(name);
            channels.put(name, new Topics.Definition(name, kafka.get("partitions").intValue(), settings));
        }
        assertThat(channels).isEqualTo(Topics.definitions().stream().collect(Collectors.toMap(Topics.Definition::name, definition -> definition)));
    }

    @Test
    void itsMessagesAreTheEventsWithTheirSchemasTypesAndKeys() {
        for (Topic topic : Topic.values()) {
            JsonNode channel = channel(topic.topicName());
            JsonNode message = follow(channel.get("messages").iterator().next());
            assertThat(message.get("name").textValue()).isEqualTo(topic.type());
            assertThat(message.at("/payload/schema/$ref").textValue()).isEqualTo(topic.schemaResource().substring(1));
            assertThat(AsyncApiTest.class.getResource("/" + message.at("/payload/schema/$ref").textValue())).isNotNull();
            assertThat(message.at("/headers/allOf/1/properties/ce_type/const").textValue()).isEqualTo(topic.type());
            assertThat(message.at("/bindings/kafka/key/description").asText()).isEqualToIgnoringCase(
                topic == Topic.AUDIT_LOG ? "Constant." : "The " + topic.keyedBy() + ".");
            assertThat(message.get("summary")).isEqualTo(channel.get("summary"));
            assertThat(follow(channel(topic.deadLetterTopic()).get("messages").iterator().next()).get("name").textValue()).isEqualTo("dead-letter");
        }
        assertThat(DOCUMENT.at("/components/messages/auditLog/bindings/kafka/key/const").textValue()).isEqualTo(AuditLogged.KEY);
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        Schemas.eachNode("", DOCUMENT, (pointer, node) -> {
            String reference = node.path("$ref").asText();
            if (reference.startsWith("#")) {
                assertThat(DOCUMENT.at(reference.substring(1)).isMissingNode()).as(pointer).isFalse();
            }
        });
    }

    @Test
    void everyTopicHasExactlyOneServiceThatSendsButRefusedAttemptsAndAuditReceivesThemAll() {
        Map<String, Set<String>> senders = services("send", Topic::topicName);
        Map<String, Set<String>> receivers = services("receive", Topic::topicName);
        for (Topic topic : Topic.values()) {
            // Every service has an API that refuses.
            assertThat(senders.get(topic.topicName())).as("who sends " + topic.topicName()).hasSize(topic == Topic.ATTEMPTS_REFUSED ? 4 : 1);
            if (topic != Topic.AUDIT_LOG) {
                assertThat(receivers.get(topic.topicName())).as("who receives " + topic.topicName()).contains("audit-service");
            }
        }
        assertThat(services("send", Topic::deadLetterTopic)).as("who receives a topic may have to put its records aside").isEqualTo(
            receivers.entrySet().stream().collect(Collectors.toMap(entry -> entry.getKey() + ".dead-letter", Map.Entry::getValue)));
    }

    @Test
    void everyServiceReceivesAsOneConsumerGroupOfItsName() {
        for (JsonNode operation : DOCUMENT.get("operations")) {
            if (operation.get("action").textValue().equals("receive")) {
                assertThat(operation.at("/bindings/kafka/groupId/const")).isEqualTo(operation.at("/tags/0/name"));
            }
        }
    }

    private static Map<String, Set<String>> services(String action, java.util.function.Function<Topic, String> name) {
        Set<String> names = Arrays.stream(Topic.values()).map(name).collect(Collectors.toSet());
        Map<String, Set<String>> services = new TreeMap<>();
        for (JsonNode operation : DOCUMENT.get("operations")) {
            String topic = follow(operation.get("channel")).get("address").textValue();
            if (operation.get("action").textValue().equals(action) && names.contains(topic)) {
                services.computeIfAbsent(topic, key -> new TreeSet<>()).add(operation.at("/tags/0/name").textValue());
            }
        }
        return services;
    }

    private static JsonNode channel(String address) {
        List<JsonNode> found = DOCUMENT.get("channels").valueStream().filter(channel -> channel.get("address").textValue().equals(address)).toList();
        assertThat(found).as(address).hasSize(1);
        return found.get(0);
    }

    private static JsonNode follow(JsonNode node) {
        return Stream.iterate(node, at -> DOCUMENT.at(at.get("$ref").textValue().substring(1)))
            .filter(at -> !at.has("$ref")).findFirst().orElseThrow();
    }

    private static JsonNode document() {
        try (InputStream yaml = AsyncApiTest.class.getResourceAsStream("/asyncapi.yaml")) {
            return new YAMLMapper().readTree(yaml);
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }
}
