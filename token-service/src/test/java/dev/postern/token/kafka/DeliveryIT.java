// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.kafka;

import static dev.postern.token.real.Caller.PORTAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccessEnded;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AccessRequested;
import dev.postern.events.FirewallChanged;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.token.real.Caller;
import dev.postern.token.real.Events;
import dev.postern.token.real.Firewall;
import dev.postern.token.real.Policy;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** Events of others, late, early, twice, forged: over the real broker. */
@QuarkusTest
class DeliveryIT {
    private static void awaitState(String id, String state) {
        await().atMost(Duration.ofSeconds(20)).until(() -> state.equals(PORTAL.sees(id).path("openings[0].state")));
    }

    @Test
    void aDecisionDeliveredTwiceLeavesTheSameState() {
        String old = PORTAL.isGranted("203.0.113.80");
        String id = UUID.randomUUID().toString();
        PORTAL.asks(Caller.opening(id, "203.0.113.81").replaceFirst("\\{", "{\"replaces\": \"" + old + "\", ")).then().statusCode(202);
        AccessDecided decided = Policy.grants(id);
        PORTAL.awaits(id, "granted");
        String etag = PORTAL.sees(id).header("ETag");
        Events.publish("policy-service", decided);
        Events.publish("policy-service", decided);
        String after = PORTAL.isGranted("203.0.113.82");
        assertThat(after).isNotNull();
        assertThat(PORTAL.sees(id).header("ETag")).isEqualTo(etag);
        assertThat(Events.all(AccessEnded.class, event -> event.requestId().toString().equals(old))).hasSize(1);
    }

    @Test
    void newsOfTheFirewallThatComeBeforeTheDecisionAreNotLost() {
        String id = PORTAL.asksFor("203.0.113.83");
        Firewall.shows(id, "203.0.113.83", OpeningState.OPEN);
        await().until(() -> !"\"1\"".equals(PORTAL.sees(id).header("ETag")));
        PORTAL.sees(id).then().body("status", equalTo("pending")).body("openings.size()", equalTo(0));
        Policy.grants(id);
        PORTAL.awaits(id, "granted").then().body("openings[0].state", equalTo("open"));
    }

    @Test
    void olderNewsAndNewsTwiceChangeNothing() {
        String id = PORTAL.isGranted("203.0.113.84");
        long older = Firewall.next();
        FirewallChanged open = Firewall.news(id, "203.0.113.84", OpeningState.OPEN, Firewall.next());
        Events.publish("firewall-sync-service", open);
        awaitState(id, "open");
        String etag = PORTAL.sees(id).header("ETag");
        Events.publish("firewall-sync-service", open);
        Firewall.shows(id, "203.0.113.84", OpeningState.FAILED, older);
        String next = PORTAL.isGranted("203.0.113.85");
        Firewall.shows(next, "203.0.113.85", OpeningState.OPEN);
        awaitState(next, "open");
        PORTAL.sees(id).then().header("ETag", etag).body("openings[0].state", equalTo("open"));
    }

    @Test
    void aDecisionOfAnotherDigestIsADeadLetterAndTheNextOneIsHeard() {
        String id = PORTAL.asksFor("203.0.113.86");
        AccessRequested asked = Policy.heard(id);
        AccessDecided right = Policy.granted(asked, asked.authorizationDetails(), asked.duration());
        AccessDecided forged = new AccessDecided(right.requestId(), right.account(), right.requester(), right.onBehalfOf(), right.outcome(),
            right.authorizationDetails(), right.leftOut(), right.validUntil(), right.policies(), right.policySetVersion(), right.reasons(),
            "0".repeat(64), right.replaces(), right.decidedAt());
        Events.publish("policy-service", forged);
        awaitDeadLetter("access-decided", id);
        PORTAL.sees(id).then().body("status", equalTo("pending"));
        Events.publish("policy-service", right);
        PORTAL.awaits(id, "granted");
    }

    @Test
    void aDecisionOfAnUnknownRequestIsADeadLetter() {
        String id = PORTAL.asksFor("203.0.113.87");
        AccessRequested asked = Policy.heard(id);
        String unknown = UUID.randomUUID().toString();
        AccessDecided right = Policy.granted(asked, asked.authorizationDetails(), asked.duration());
        Events.publish("policy-service", new AccessDecided(AccessRequestId.of(unknown), right.account(), right.requester(), right.onBehalfOf(),
            right.outcome(), right.authorizationDetails(), right.leftOut(), right.validUntil(), right.policies(), right.policySetVersion(),
            right.reasons(), right.requestDigest(), Optional.empty(), right.decidedAt()));
        awaitDeadLetter("access-decided", unknown);
    }

    @Test
    void newsOfAnUnknownRequestAreNoReasonToStop() {
        Firewall.shows(UUID.randomUUID().toString(), "203.0.113.88", OpeningState.OPEN);
        String id = PORTAL.isGranted("203.0.113.88");
        Firewall.shows(id, "203.0.113.88", OpeningState.OPEN);
        awaitState(id, "open");
    }

    @Test
    void aRecordThatIsNoEventIsADeadLetterAndTheChannelGoesOn() {
        String key = UUID.randomUUID().toString();
        Events.publish(new ProducerRecord<>("access-decided", key, "{\"nonsense\":".getBytes(StandardCharsets.UTF_8)));
        awaitDeadLetter("access-decided", key);
        PORTAL.isGranted("203.0.113.89");
    }

    private static void awaitDeadLetter(String topic, String key) {
        await().atMost(Duration.ofSeconds(20)).until(() -> Events.records().stream()
            .anyMatch(record -> record.topic().equals(topic + ".dead-letter") && key.equals(record.key())));
    }
}
