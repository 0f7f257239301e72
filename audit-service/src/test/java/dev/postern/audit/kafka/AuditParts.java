// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.kafka;

import dev.postern.events.Topics;
import dev.postern.local.parts.Database;
import dev.postern.local.parts.KeycloakTokens;
import dev.postern.local.parts.RealParts;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;

/** Real Kafka with every topic, real PostgreSQL, real Keycloak: the same for all tests of the service. */
public final class AuditParts implements QuarkusTestResourceLifecycleManager {
    /** Maximum number of streams of the service under test. */
    public static final int STREAMS_MAX = 5;
    /** Maximum number of streams of one person. */
    public static final int STREAMS_PER_PERSON_MAX = 3;

    /** The service's database. */
    public static Database database() {
        return RealParts.postgres().createDatabase("audit");
    }

    @Override
    public Map<String, String> start() {
        RealParts.kafka().createTopics(Topics.definitions().stream()
            .map(topic -> new NewTopic(topic.name(), topic.partitions(), (short) 1).configs(topic.config())).toList());
        Database database = database();
        return Map.ofEntries(
            Map.entry("kafka.bootstrap.servers", RealParts.kafka().bootstrapServers()),
            Map.entry("quarkus.datasource.jdbc.url", database.jdbcUrl()),
            Map.entry("quarkus.datasource.reactive.url", database.reactiveUrl()),
            Map.entry("quarkus.datasource.username", database.username()),
            Map.entry("quarkus.datasource.password", database.password()),
            Map.entry("quarkus.oidc.auth-server-url", RealParts.keycloak().issuer()),
            Map.entry("quarkus.oidc.credentials.secret", KeycloakTokens.secretOf("audit-service")),
            Map.entry("postern.audit.stream.heartbeat-every", "PT1S"),
            Map.entry("postern.audit.stream.stall-max", "PT2S"),
            Map.entry("postern.audit.stream.subscribers-max", Integer.toString(STREAMS_MAX)),
            Map.entry("postern.audit.stream.subscribers-per-person-max", Integer.toString(STREAMS_PER_PERSON_MAX)));
    }

    @Override
    public void stop() {
        // The parts end with the JVM.
    }
}
