// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy.kafka;

import static dev.postern.policy.SampleRequests.PORTAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccessRequested;
import dev.postern.events.Event;
import dev.postern.events.Topic;
import dev.postern.local.parts.RealParts;
import dev.postern.policy.SampleRequests;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@QuarkusTest
@RealPolicyService
class DecisionIT {
    private static Wire wire;

    @Inject
    MeterRegistry metrics;

    @BeforeAll
    static void connect() {
        wire = new Wire();
    }

    @AfterAll
    static void disconnect() {
        wire.close();
    }

    static void put(String id, String text) {
        int status = request(text).header("If-Match", "*").put("/policies/" + id).statusCode();
        if (status == 412) {
            status = request(text).header("If-None-Match", "*").put("/policies/" + id).statusCode();
        }
        assertThat(status).isIn(200, 201);
    }

    private static RequestSpecification request(String text) {
        return RestAssured.given().auth().oauth2(RealParts.keycloak().tokens().password("paul")).contentType("text/plain; charset=utf-8").body(text);
    }

    static AccessDecided decision(AccessRequested request) {
        return await().atMost(Duration.ofSeconds(20)).until(() -> Wire.decisions(request), found -> !found.isEmpty()).get(0);
    }

    @Test
    void aRequestDeliveredTwiceAndRepeatedWithAnotherIdIsDecidedOnce() throws Exception {
        put("portal-opens-once", "permit(principal == Portal::\"client-portal\", action == Action::\"firewall:open\", resource == Service::\"once-db\");");
        wire.send(SampleRequests.service("once-db", 1));
        AccessRequested request = SampleRequests.by(PORTAL, Duration.ofHours(1), SampleRequests.opening("once-db", "5432", "203.0.113.7"));
        AccessRequested last = SampleRequests.by(PORTAL, Duration.ofHours(1), SampleRequests.opening("once-db", "5432", "203.0.113.8"));
        awaitGranted("once-db");

        wire.send(request);
        wire.send(request);
        wire.sendWithId(request, "another-id");
        wire.send(last);

        AccessDecided decided = decision(request);
        assertThat(decided.outcome()).isEqualTo(AccessDecided.Decision.GRANTED);
        assertThat(decided.authorizationDetails()).isEqualTo(request.authorizationDetails());
        assertThat(decided.validUntil()).contains(decided.decidedAt().plus(Duration.ofHours(1)));
        assertThat(decided.policies()).extracting(Object::toString).isEqualTo(List.of("portal-opens-once"));
        decision(last);
        assertThat(Wire.decisions(request)).hasSize(1);
    }

    @Test
    void aDecisionGoesByThePoliciesThatWereCommittedBeforeIt() throws Exception {
        wire.send(SampleRequests.service("changing-db", 1));
        String permit = "permit(principal, action == Action::\"firewall:open\", resource == Service::\"changing-db\");";
        put("changes", permit);
        awaitGranted("changing-db");
        for (int round = 0; round < 20; round++) {
            put("changes", permit.replace("permit", "forbid"));
            assertThat(decision(sent("changing-db")).outcome()).isEqualTo(AccessDecided.Decision.DENIED);
            put("changes", permit);
            assertThat(decision(sent("changing-db")).outcome()).isEqualTo(AccessDecided.Decision.GRANTED);
        }
    }

    @Test
    void aBurstIsDecidedCompletelyAndEachRequestOnce() throws Exception {
        wire.send(SampleRequests.service("busy-db", 1));
        put("opens-busy-db", "permit(principal, action == Action::\"firewall:open\", resource == Service::\"busy-db\");");
        awaitGranted("busy-db");
        List<AccessRequested> burst = new ArrayList<>();
        for (int each = 0; each < 300; each++) {
            burst.add(sent("busy-db"));
        }
        for (AccessRequested request : burst.subList(0, 100)) {
            wire.send(request);
        }
        Set<String> keys = burst.stream().map(AccessRequested::key).collect(Collectors.toSet());
        List<Event> decisions = await().atMost(Duration.ofSeconds(60)).until(() -> Wire.published(Topic.ACCESS_DECIDED, keys), found -> found.size() >= 300);
        decision(sent("busy-db"));
        assertThat(Wire.published(Topic.ACCESS_DECIDED, keys)).hasSize(300);
        assertThat(decisions).allSatisfy(decision -> assertThat(((AccessDecided) decision).outcome()).isEqualTo(AccessDecided.Decision.GRANTED));
    }

    @Test
    void requesterWithManyLargeRequestsDelaysAnotherByNoMoreThanThoseThatRun() throws Exception {
        wire.send(SampleRequests.service("large-db", 1));
        put("opens-large-db", "permit(principal, action == Action::\"firewall:open\", resource == Service::\"large-db\");");
        awaitGranted("large-db");
        String[] sources = IntStream.range(0, 100).mapToObj(each -> "203.0.113." + each).toArray(String[]::new);
        List<AccessRequested> large = new ArrayList<>();
        for (int each = 0; each < 40; each++) {
            large.add(SampleRequests.by(PORTAL, Duration.ofHours(1), SampleRequests.opening("large-db", "5432", sources)));
            wire.send(large.get(each));
        }
        AccessRequested small = SampleRequests.by(SampleRequests.SECOND_PORTAL, Duration.ofHours(1), SampleRequests.opening("large-db", "5432", "203.0.113.7"));
        wire.send(small);

        Set<String> keys = large.stream().map(AccessRequested::key).collect(Collectors.toSet());
        AccessDecided answer = await().atMost(Duration.ofSeconds(60)).until(() -> Wire.decisions(small), found -> !found.isEmpty()).get(0);
        List<Event> decided = await().atMost(Duration.ofSeconds(120)).until(() -> Wire.published(Topic.ACCESS_DECIDED, keys), found -> found.size() >= 40);
        long before = decided.stream().filter(each -> ((AccessDecided) each).decidedAt().isBefore(answer.decidedAt())).count();
        assertThat(before).as("large requests that began before the small one, which came last").isLessThan(35);
        assertThat(decided).hasSize(40);
    }

    /** The first attempt of the decision loses to another transaction, after the evaluation. */
    @Test
    void evaluationOfAnAttemptThatIsRolledBackIsNotCounted() throws Exception {
        wire.send(SampleRequests.service("retried-db", 1));
        put("opens-retried-db", "permit(principal, action == Action::\"firewall:open\", resource == Service::\"retried-db\");");
        awaitGranted("retried-db");
        AccessRequested request = SampleRequests.by(PORTAL, Duration.ofHours(1), SampleRequests.opening("retried-db", "5432", "203.0.113.7"));
        long before = metrics.get("postern_decisions_evaluated").timer().count();
        try (Connection connection = RealParts.postgres().superuser("policy").connect(); Statement statement = connection.createStatement()) {
            statement.execute("create sequence attempts; grant usage on sequence attempts to public");
            statement.execute("create function lose_once() returns trigger language plpgsql as $$ begin "
                + "if nextval('attempts') = 1 then raise exception 'lost' using errcode = 'serialization_failure'; end if; return new; end $$");
            statement.execute("create trigger lose_once before insert on decision for each row when (new.request_id = '" + request.requestId()
                + "') execute function lose_once()");
            try {
                wire.send(request);
                assertThat(decision(request).outcome()).isEqualTo(AccessDecided.Decision.GRANTED);
                try (ResultSet attempts = statement.executeQuery("select last_value from attempts")) {
                    attempts.next();
                    assertThat(attempts.getLong(1)).as("attempts").isEqualTo(2);
                }
            } finally {
                statement.execute("drop trigger lose_once on decision; drop function lose_once; drop sequence attempts");
            }
        }
        await().untilAsserted(() -> assertThat(metrics.get("postern_decisions_evaluated").timer().count()).isEqualTo(before + 1));
    }

    private static AccessRequested sent(String service) throws Exception {
        AccessRequested request = SampleRequests.by(PORTAL, Duration.ofHours(1), SampleRequests.opening(service, "5432", "203.0.113.7"));
        wire.send(request);
        return request;
    }

    private static void awaitGranted(String service) {
        await().atMost(Duration.ofSeconds(20)).until(() -> decision(sent(service)).outcome() == AccessDecided.Decision.GRANTED);
    }
}
