// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import static dev.postern.events.FirewallChanged.OpeningState.CLOSED;
import static dev.postern.events.FirewallChanged.OpeningState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.events.AccessRequestId;
import dev.postern.events.FirewallChanged;
import dev.postern.events.FirewallChanged.OpeningChange;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.events.ServiceName;
import dev.postern.firewall.real.PackagedService;
import dev.postern.firewall.real.Shop;
import dev.postern.firewall.real.SimulatedCloud;
import dev.postern.firewall.real.StandStill;
import dev.postern.firewall.reconcile.FailPoint.Step;
import dev.postern.local.digitalocean.Rule;
import dev.postern.local.parts.FreePorts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * kill -9 of the packaged service while activations stand after every step that there is, at both providers: of 21 services each stands at its own. Those
 * at Cloudflare have an account each, since a service that stands while it has its turn lets no other list of its account go on. The process that is
 * started then comes to the same end as one that was never killed, and tells it once.
 */
class KilledProcessIT {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static PackagedService service;

    /** An event of a service while its run is paused. */
    private enum Happening {
        /** Its first address is granted. */
        FIRST,
        /** One address of two ends, another is granted. */
        SWAP,
        /** Others have put somebody on its object, which is found when another address is granted. */
        DRIFT,
        /** It is taken away. */
        REMOVAL;

        /** One in which there is the step. */
        static Happening with(Step step) {
            return switch (step) {
                case CREATING_NOTED, CREATED, CREATED_NOTED -> FIRST;
                case LOADED, OBSERVED, REPLACED, REREAD, SETTLED -> SWAP;
                case DRIFT_NOTED -> DRIFT;
                case LEAVING_NOTED, DELETED -> REMOVAL;
            };
        }
    }

    /** A service, where its activation stands, and what is expected of its grants. */
    private record Case(Step step, String account, Shop shop, Map<AccessRequestId, List<OpeningState>> told) {
        Happening happening() {
            return Happening.with(step);
        }

        boolean firstOpen() {
            return happening() != Happening.FIRST;
        }

        void protect() {
            shop.put().then().statusCode(201);
        }

        AccessRequestId grant(String source, OpeningState... expected) {
            AccessRequestId id = shop.isGranted(source);
            told.put(id, List.of(expected));
            return id;
        }

        void end(AccessRequestId grant) {
            told.put(grant, List.of(OPEN, CLOSED));
            shop.ends(grant);
        }

        AccessRequestId first() {
            return told.keySet().iterator().next();
        }

        void happens() {
            switch (happening()) {
                case FIRST -> {
                    protect();
                    grant("203.0.113.7", OPEN);
                }
                case SWAP -> {
                    end(first());
                    grant("203.0.113.8", OPEN);
                }
                case DRIFT -> {
                    tamper();
                    grant("203.0.113.8", OPEN);
                }
                default -> {
                    told.put(first(), List.of(OPEN, CLOSED));
                    shop.remove().then().statusCode(204);
                }
            }
        }

        private void tamper() {
            if (SimulatedCloud.isEdge(account)) {
                SimulatedCloud.lists(account).replaceItems(shop.list(), "203.0.113.7", "198.51.100.1");
            } else {
                shop.hand().editFirewall(shop.objects().get(0).id(), content -> content.withInboundRules(List.of(
                    Rule.allowing("tcp", "5432", List.of("203.0.113.7", "198.51.100.1")))));
            }
        }

        Set<String> letInAtLast() {
            return switch (happening()) {
                case FIRST -> Set.of("203.0.113.7");
                case SWAP -> Set.of("203.0.113.8", "203.0.113.9");
                case DRIFT -> Set.of("203.0.113.7", "203.0.113.8");
                case REMOVAL -> Set.of();
            };
        }

        @Override
        public String toString() {
            return "killed after " + step + " at " + account;
        }
    }

    @BeforeAll
    static void start() throws Exception {
        service = new PackagedService("killed");
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void theEndIsTheSameWhateverStepAProcessIsKilledAfter() throws Exception {
        int debugged = FreePorts.next();
        service.start(StandStill.option(debugged));
        List<Case> cases = new ArrayList<>();
        int edges = 0;
        for (Step step : Step.values()) {
            cases.add(new Case(step, SimulatedCloud.ACME, Shop.of(SimulatedCloud.ACME), new LinkedHashMap<>()));
            if (step != Step.REREAD) { // a list's run ends as pending after its PUT, and the next one looks
                String edge = SimulatedCloud.EDGES.get(edges++);
                cases.add(new Case(step, edge, Shop.of(edge).attachedTo("{}"), new LinkedHashMap<>()));
            }
        }
        List<Case> open = cases.stream().filter(Case::firstOpen).toList();
        open.forEach(Case::protect);
        open.forEach(each -> each.grant("203.0.113.7", OPEN));
        open.stream().filter(each -> each.happening() == Happening.SWAP).forEach(each -> each.grant("203.0.113.9", OPEN));
        open.forEach(each -> await(each.toString()).atMost(PATIENCE)
            .until(() -> each.told().keySet().stream().allMatch(grant -> told(each, grant).equals(List.of(OPEN)))));

        Map<ServiceName, Step> planned = new HashMap<>();
        cases.forEach(each -> planned.put(each.shop().name(), each.step()));
        try (StandStill stand = StandStill.at(debugged, planned)) {
            cases.forEach(Case::happens);
            await("each at its step").atMost(PATIENCE).untilAsserted(() -> assertThat(cases).filteredOn(each -> !stand.standing().contains(each.shop().name()))
                .isEmpty());
            service.kill9();
        }
        service.start();

        for (Case each : cases) {
            await(each.toString()).atMost(PATIENCE).untilAsserted(() -> {
                each.told().forEach((grant, states) -> assertThat(told(each, grant)).isEqualTo(states));
                assertThat(each.shop().letIn()).isEqualTo(each.letInAtLast());
            });
            await(each.toString()).atMost(PATIENCE).untilAsserted(() -> assertThat(objects(each)).isEqualTo(each.happening() == Happening.REMOVAL ? 0 : 1));
            List<Long> numbers = told(each).stream().map(FirewallChanged::sequence).toList();
            assertThat(numbers).as(each.toString()).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
            await(each.toString()).atMost(PATIENCE).untilAsserted(
                () -> assertThat(told(each).stream().flatMap(event -> event.drift().stream())).hasSize(each.happening() == Happening.DRIFT ? 1 : 0));
        }
    }

    /** The service's news, each once: what was sent and not yet noted as sent when the process was killed is sent again, under the same id. */
    private static List<FirewallChanged> told(Case each) {
        return each.shop().told().stream().distinct().toList();
    }

    private static List<OpeningState> told(Case each, AccessRequestId grant) {
        return told(each).stream().flatMap(event -> event.changes().stream()).filter(change -> change.requestId().equals(grant) && !Shop.waits(change))
            .map(OpeningChange::state).toList();
    }

    private static long objects(Case each) {
        return SimulatedCloud.isEdge(each.account())
            ? SimulatedCloud.lists(each.account()).lists().stream().filter(list -> list.name().startsWith(each.shop().list())).count()
            : each.shop().objects().size();
    }
}
