// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.kafka;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.audit.http.Auditor;
import dev.postern.events.AccessEnded;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.local.parts.RealParts;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(AuditParts.class)
class OutageIT {
    private static final Duration BACK = Duration.ofSeconds(60);
    private final Auditor auditor = Auditor.audrey();

    @Test
    void eventsThatComeWhilePostgresqlIsKilledAreAppendedOnceAfterwards() {
        try (Publisher publisher = new Publisher()) {
            long before = auditor.size();
            publisher.send(some(publisher, 100));
            RealParts.postgres().kill();
            try {
                publisher.send(some(publisher, 100));
                await().atMost(BACK).until(() -> given().get("/q/health/ready").statusCode() == 503);
                int status = given().auth().oauth2(auditor.token()).get("/checkpoint").statusCode();
                assertThat(status).isEqualTo(503);
            } finally {
                RealParts.postgres().start();
            }
            await().atMost(BACK).until(() -> given().get("/q/health/ready").statusCode() == 200);
            publisher.send(some(publisher, 100));
            await().atMost(BACK).until(() -> auditor.entriesOf(publisher.source(), before).size() >= 300);
            List<JsonNode> entries = auditor.entriesOf(publisher.source(), before);
            assertThat(entries).hasSize(300);
            assertThat(entries.stream().map(entry -> entry.get("id").asText())).doesNotHaveDuplicates();
        }
    }

    @Test
    void callerIsToldToComeBackWhileKeycloakIsAwayAndNotThatARoleIsMissing() {
        String token = auditor.token();
        String other = new Auditor("paul").token();
        RealParts.keycloak().stop();
        try {
            for (String path : List.of("/checkpoint", "/entries", "/stream")) {
                given().auth().oauth2(token).get(path).then().statusCode(503).header("Retry-After", notNullValue())
                    .contentType("application/problem+json").body("rule", equalTo("unavailable")).body("detail", containsString("Keycloak"));
            }
        } finally {
            RealParts.keycloak().start();
        }
        await().atMost(BACK).until(() -> given().auth().oauth2(token).get("/checkpoint").statusCode() == 200);
        given().auth().oauth2(other).get("/checkpoint").then().statusCode(403).body("rule", equalTo("forbidden"));
    }

    private static List<ProducerRecord<String, byte[]>> some(Publisher publisher, int count) {
        return IntStream.range(0, count).mapToObj(i -> publisher.record(new AccessEnded(new AccessRequestId(UUID.randomUUID()), new AccountName("acme"),
            AccessEnded.Cause.EXPIRED, Optional.empty(), Optional.empty(), Instant.parse("2026-03-01T12:00:00Z")))).toList();
    }
}
