// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The AsyncAPI document says who receives what; the services' configuration is what they really receive. */
class ChannelsTest {
    private static final List<String> SERVICES = List.of("token-service", "policy-service", "firewall-sync-service", "audit-service");
    private static final String INCOMING = "mp.messaging.incoming.";

    @Test
    void everyServiceReceivesWhatTheAsyncApiDocumentSays() {
        Map<String, Set<String>> configured = new TreeMap<>();
        for (String service : SERVICES) {
            Properties settings = settings(service);
            Set<String> topics = configured.computeIfAbsent(service, name -> new TreeSet<>());
            for (String key : settings.stringPropertyNames()) {
                if (key.startsWith(INCOMING) && (key.endsWith(".topic") || key.endsWith(".topics"))) {
                    topics.addAll(Arrays.asList(settings.getProperty(key).split("\\s*,\\s*")));
                }
                if (key.startsWith(INCOMING) && key.endsWith(".group.id")) {
                    assertThat(settings.getProperty(key)).as(key).isEqualTo(service);
                }
            }
        }
        assertThat(configured).isEqualTo(documented());
    }

    private static Map<String, Set<String>> documented() {
        JsonNode document = Checkout.yaml("event-contracts/src/main/resources/asyncapi.yaml");
        Map<String, Set<String>> documented = new TreeMap<>();
        for (JsonNode operation : document.get("operations")) {
            if (operation.get("action").textValue().equals("receive")) {
                documented.computeIfAbsent(operation.at("/tags/0/name").textValue(), name -> new TreeSet<>())
                    .add(document.at(operation.at("/channel/$ref").textValue().substring(1)).get("address").textValue());
            }
        }
        return documented;
    }

    private static Properties settings(String service) {
        Properties settings = new Properties();
        try {
            settings.load(new StringReader(Checkout.text(service + "/src/main/resources/application.properties")));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return settings;
    }
}
