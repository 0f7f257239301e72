// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.local.stack.LocalStack;
import dev.postern.system.SharedStack;
import dev.postern.system.actors.ServiceResponse;
import dev.postern.system.actors.Cast;
import dev.postern.system.actors.ClientPortal;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A service is killed while 200 requests are under way, and started again. What was accepted is answered, once; what was granted is open, once;
 * what happened is in the audit log, once.
 */
@ExtendWith(SharedStack.class)
class KilledServicesJourneyIT {
    private static final int REQUESTS = 200;
    private static final int KILL_AFTER = 60;
    private static final int PORTALS = 8;
    private static final Duration RECOVERY = Duration.ofSeconds(120);
    private static final String PORT = "5432";

    @ParameterizedTest(name = "{0} killed and started again: every request is answered once, every grant is open once, every event is logged once")
    @ValueSource(strings = {"token-service", "policy-service", "firewall-sync-service", "audit-service"})
    void nothingIsLostAndNothingHappensTwice(String killed, LocalStack stack) throws Exception {
        Cast cast = Cast.of(stack);
        String service = "killed-" + killed.replaceFirst("-.*", "");
        cast.operator().protect(service, "shop-db", PORT);
        cast.operator().awaitKnown(cast.portal(), service, PORT, "198.51.100.250");

        Map<UUID, String> accepted = askWhile(stack, cast, service, killed);
        assertThat(accepted).as("requests that were answered 200 or 202").hasSize(REQUESTS);

        Map<UUID, JsonNode> answered = awaitAnswers(cast, accepted);
        Map<UUID, String> granted = new LinkedHashMap<>(accepted);
        granted.keySet().removeIf(id -> !"granted".equals(answered.get(id).path("status").asText()));
        assertThat(granted).as("granted").hasSize(accepted.size() - REQUESTS / 10);

        await("all openings open").atMost(RECOVERY).pollInterval(Duration.ofMillis(250))
            .untilAsserted(() -> assertThat(cast.provider().letIn(service, PORT)).containsExactlyInAnyOrderElementsOf(granted.values()));
        for (UUID id : granted.keySet()) {
            await("opening of " + id).atMost(RECOVERY)
                .untilAsserted(() -> assertThat(cast.portal().look(id).json().path("openings").path(0).path("state").asText()).isEqualTo("open"));
        }
        assertLoggedOnce(cast, accepted, granted);
        for (UUID id : granted.keySet()) {
            cast.portal().end(id).expect(204);
        }
        await("all openings closed").atMost(RECOVERY).pollInterval(Duration.ofMillis(250))
            .untilAsserted(() -> assertThat(cast.provider().letIn(service, PORT)).isEmpty());
    }

    /** Several portals ask; a portal that gets no answer, or 503, asks again with the same id, as the interface promises. */
    private static Map<UUID, String> askWhile(LocalStack stack, Cast cast, String service, String killed) throws InterruptedException {
        Map<UUID, String> accepted = new ConcurrentHashMap<>();
        AtomicInteger next = new AtomicInteger();
        ExecutorService portals = Executors.newFixedThreadPool(PORTALS);
        for (int portal = 0; portal < PORTALS; portal++) {
            portals.submit(() -> {
                for (int number = next.getAndIncrement(); number < REQUESTS; number = next.getAndIncrement()) {
                    UUID id = UUID.randomUUID();
                    String source = "198.51.100." + (number + 1);
                    // Every tenth asks for a port that the service does not offer: it has to be denied, also when policy was just killed.
                    String port = number % 10 == 9 ? "6543" : PORT;
                    askUntilAccepted(cast.portal(), id, service, port, source);
                    accepted.put(id, source);
                }
            });
        }
        await().atMost(RECOVERY).until(() -> accepted.size() >= KILL_AFTER);
        stack.service(killed).kill9();
        stack.service(killed).start();
        portals.shutdown();
        assertThat(portals.awaitTermination(RECOVERY.toSeconds(), TimeUnit.SECONDS)).as("all portals came through").isTrue();
        stack.service(killed).awaitReady();
        return accepted;
    }

    private static void askUntilAccepted(ClientPortal portal, UUID id, String service, String port, String source) {
        await("acceptance of " + id).atMost(RECOVERY).pollInterval(Duration.ofMillis(100)).until(() -> {
            try {
                ServiceResponse answer = portal.ask(ClientPortal.opening(id, "acme", service, port, source, Duration.ofHours(1)));
                answer.expect(200, 202, 503);
                return answer.status() != 503;
            } catch (UncheckedIOException gone) {
                return false;
            }
        });
    }

    private static Map<UUID, JsonNode> awaitAnswers(Cast cast, Map<UUID, String> accepted) {
        Map<UUID, JsonNode> answered = new HashMap<>();
        for (UUID id : accepted.keySet()) {
            await("answer to " + id).atMost(RECOVERY).until(() -> {
                JsonNode state = cast.portal().look(id).expect(200).json();
                answered.put(id, state);
                return List.of("granted", "denied").contains(state.path("status").asText());
            });
        }
        return answered;
    }

    private static void assertLoggedOnce(Cast cast, Map<UUID, String> accepted, Map<UUID, String> granted) {
        await("the audit log").atMost(RECOVERY).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
            assertThat(keysOf(cast, "access-requested", accepted)).containsExactlyInAnyOrderElementsOf(texts(accepted));
            assertThat(keysOf(cast, "access-decided", accepted)).containsExactlyInAnyOrderElementsOf(texts(accepted));
        });
        List<JsonNode> all = cast.auditor().entries("");
        List<String> ids = all.stream().map(entry -> entry.path("source").asText() + " " + entry.path("id").asText()).toList();
        assertThat(ids).as("ids of all events in the log").doesNotHaveDuplicates();
        for (int index = 0; index < all.size(); index++) {
            assertThat(all.get(index).path("index").asInt()).as("a sequence without gaps").isEqualTo(index);
        }
        assertThat(cast.auditor().checkpoint().path("size").asInt()).isGreaterThanOrEqualTo(all.size());
        assertThat(granted).isNotEmpty();
    }

    private static List<String> keysOf(Cast cast, String topic, Map<UUID, String> accepted) {
        return cast.auditor().entries("topic=" + topic).stream().map(entry -> entry.path("key").asText())
            .filter(key -> accepted.containsKey(UUID.fromString(key))).collect(Collectors.toCollection(ArrayList::new));
    }

    private static List<String> texts(Map<UUID, String> accepted) {
        return accepted.keySet().stream().map(UUID::toString).toList();
    }
}
