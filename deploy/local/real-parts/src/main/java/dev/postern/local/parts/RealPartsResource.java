// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * The real parts for a {@code @QuarkusTest}. Init arguments: {@code topics} (comma separated {@code name:partitions}, created before the
 * application starts), {@code database} (its name, default {@code test}), {@code keycloak} (true: start it too). Started once for
 * the test JVM; the parts themselves are under {@link RealParts}.
 */
public final class RealPartsResource implements QuarkusTestResourceLifecycleManager {
    private List<NewTopic> topics = List.of();
    private String database = "test";
    private boolean keycloak;

    @Override
    public void init(Map<String, String> arguments) {
        topics = parseTopics(arguments.getOrDefault("topics", ""));
        database = arguments.getOrDefault("database", "test");
        keycloak = Boolean.parseBoolean(arguments.getOrDefault("keycloak", "false"));
    }

    @Override
    public Map<String, String> start() {
        Map<String, String> config = new HashMap<>();
        KafkaPart kafka = RealParts.kafka();
        kafka.createTopics(topics);
        config.put("kafka.bootstrap.servers", kafka.bootstrapServers());
        Database created = RealParts.postgres().createDatabase(database);
        config.put("quarkus.datasource.jdbc.url", created.jdbcUrl());
        config.put("quarkus.datasource.reactive.url", created.reactiveUrl());
        config.put("quarkus.datasource.username", created.username());
        config.put("quarkus.datasource.password", created.password());
        if (keycloak) {
            config.put("quarkus.oidc.auth-server-url", RealParts.keycloak().issuer());
        }
        return config;
    }

    /** The parts stay: the next application of this JVM uses them again. They end with the JVM. */
    @Override
    public void stop() {
        topics = List.of();
    }

    static List<NewTopic> parseTopics(String argument) {
        List<NewTopic> parsed = new ArrayList<>();
        for (String entry : argument.split(",")) {
            if (entry.isBlank()) {
                continue;
            }
            String[] nameAndPartitions = entry.strip().split(":");
            int partitions = nameAndPartitions.length == 1 ? 1 : Integer.parseInt(nameAndPartitions[1]);
            parsed.add(new NewTopic(nameAndPartitions[0], partitions, (short) 1));
        }
        return parsed;
    }
}
