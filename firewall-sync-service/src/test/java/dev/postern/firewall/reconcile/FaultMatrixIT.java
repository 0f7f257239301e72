// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import static dev.postern.events.FirewallChanged.OpeningState.CLOSED;
import static dev.postern.events.FirewallChanged.OpeningState.OPEN;
import static dev.postern.events.FirewallChanged.OpeningState.OPENING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.events.AccessRequestId;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.firewall.real.RealFirewallService;
import dev.postern.firewall.real.Shop;
import dev.postern.firewall.real.SimulatedCloud;
import dev.postern.local.digitalocean.Undocumented;
import dev.postern.local.simulated.Fault;
import dev.postern.local.simulated.Fault.When;
import dev.postern.local.simulated.FaultScope;
import dev.postern.local.simulated.Faults;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Every fault of the providers, alone and with every other, while one grant of a service ends and another begins: the same end, told once. All at the
 * same time, each on the calls for the one object of its service.
 */
@QuarkusTest
@RealFirewallService
class FaultMatrixIT {
    private static final Duration LASTING = Duration.ofSeconds(4);
    private static final Map<String, Fault> FAULTS = new TreeMap<>(Map.ofEntries(
        Map.entry("delay before applying", new Fault.Delay(Duration.ofMillis(700), When.BEFORE_APPLYING)),
        Map.entry("delay after applying", new Fault.Delay(Duration.ofMillis(700), When.AFTER_APPLYING)),
        Map.entry("429", new Fault.Status(429, null, When.BEFORE_APPLYING)),
        Map.entry("429 with retry-after", new Fault.Status(429, 1, When.BEFORE_APPLYING)),
        Map.entry("500", new Fault.Status(500, null, When.BEFORE_APPLYING)),
        Map.entry("502 after applying", new Fault.Status(502, null, When.AFTER_APPLYING)),
        Map.entry("timeout before applying", new Fault.Timeout(Duration.ofSeconds(3), When.BEFORE_APPLYING)),
        Map.entry("timeout after applying", new Fault.Timeout(Duration.ofSeconds(3), When.AFTER_APPLYING)),
        Map.entry("partial", new Fault.Partial()),
        Map.entry("failed", new Fault.Failed()),
        Map.entry("pending", new Fault.Pending()),
        Map.entry("garbled", new Fault.Garbled()),
        Map.entry("one byte per second", new Fault.Trickle(Duration.ofSeconds(1)))));

    /** A service, what goes wrong with it, and its grants. */
    private record Case(String what, List<Fault> faults, Shop shop, AccessRequestId before, List<AccessRequestId> after) {}

    @AfterEach
    void well() {
        SimulatedCloud.digitalOcean().faults().clear();
        SimulatedCloud.digitalOcean().change(settings -> settings.withUndocumented(Undocumented.DEFAULT));
        SimulatedCloud.cloudflare().faults().clear();
    }

    @Test
    void digitalOceanEndsRightWhateverFaultsMeet() {
        holds(Shop::isProtected, SimulatedCloud.digitalOcean().faults());
    }

    @Test
    void digitalOceanEndsRightUnderTheOtherAnswersOfWhatIsNotDocumented() {
        SimulatedCloud.digitalOcean().change(settings -> settings.withUndocumented(new Undocumented(Undocumented.AddedRules.values()[1],
            Undocumented.RemovedRules.values()[1], Undocumented.Echo.values()[1])));
        holds(Shop::isProtected, SimulatedCloud.digitalOcean().faults());
    }

    @Test
    void cloudflareEndsRightWhateverFaultsMeet() {
        // An account has one operation at a time: in one account alone most of the time would go by with waiting for each other.
        AtomicInteger next = new AtomicInteger();
        holds(() -> Shop.isProtectedAtTheEdge(SimulatedCloud.EDGES.get(next.getAndIncrement() % SimulatedCloud.EDGES.size())),
            SimulatedCloud.cloudflare().faults());
    }

    private static void holds(Supplier<Shop> protect, Faults faults) {
        List<Case> cases = new ArrayList<>();
        List<String> names = List.copyOf(FAULTS.keySet());
        for (int one = 0; one < names.size(); one++) {
            for (int other = one; other < names.size(); other++) {
                List<Fault> both = one == other ? List.of(FAULTS.get(names.get(one))) : List.of(FAULTS.get(names.get(one)), FAULTS.get(names.get(other)));
                Shop shop = protect.get();
                cases.add(new Case(one == other ? names.get(one) : names.get(one) + " and " + names.get(other), both, shop,
                    shop.isGranted("203.0.113.7"), new ArrayList<>()));
            }
        }
        await().atMost(Duration.ofMinutes(2)).until(() -> cases.stream().allMatch(each -> each.shop().told(each.before()).contains(OPEN)));
        cases.forEach(each -> each.faults().forEach(fault -> faults.add(fault,
            FaultScope.onPath(each.shop().pathOfObject()).times(2).lasting(LASTING))));
        for (Case each : cases) {
            each.after().add(each.shop().isGranted("203.0.113.8"));
            each.after().add(each.shop().isGranted("203.0.113.9"));
            each.shop().ends(each.before());
        }
        await().atMost(Duration.ofMinutes(4)).untilAsserted(() -> assertThat(cases.stream().filter(each -> !right(each))
            .map(each -> each.what() + ": lets in " + each.shop().letIn() + ", told " + each.shop().told(each.before()))).isEmpty());
        for (Case each : cases) {
            assertThat(each.shop().told(each.before())).as(each.what()).satisfies(FaultMatrixIT::legal);
            each.after().forEach(grant -> assertThat(each.shop().told(grant)).as(each.what()).satisfies(FaultMatrixIT::legal));
        }
    }

    private static boolean right(Case each) {
        return each.shop().letIn().stream().map(source -> source.replace("/32", "")).collect(java.util.stream.Collectors.toSet())
            .equals(Set.of("203.0.113.8", "203.0.113.9"))
            && last(each.shop().told(each.before())) == CLOSED && each.after().stream().allMatch(grant -> last(each.shop().told(grant)) == OPEN);
    }

    private static OpeningState last(List<OpeningState> told) {
        return told.isEmpty() ? null : told.get(told.size() - 1);
    }

    /** Open, perhaps lost and open again, and closed at most once, at the end. */
    private static void legal(List<? extends OpeningState> told) {
        for (int at = 0; at < told.size(); at++) {
            OpeningState before = at == 0 ? OPENING : told.get(at - 1);
            OpeningState now = told.get(at);
            assertThat(now).as("after " + before + " in " + told).isNotEqualTo(before);
            assertThat(before).as(told.toString()).isNotEqualTo(CLOSED);
        }
    }
}
