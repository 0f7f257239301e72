// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which fault hits which call, without any clock or server. */
class FaultPlanTest {
    private static final long NOW = 1_800_000_000_000_000L;
    private static final Fault ANY = new Fault.Garbled();

    @Test
    void anEmptyPlanHitsNothing() {
        assertThat(hits(FaultPlan.NONE, "GET", "/v2/firewalls")).isEmpty();
    }

    @Test
    void aScopeNamesMethodsAPathAndAnAccount() {
        FaultScope scope = FaultScope.on("POST", "/v2/firewalls/*/rules").ofAccount("acme");
        assertThat(scope.matches("POST", "/v2/firewalls/7/rules", "acme")).isTrue();
        assertThat(scope.matches("DELETE", "/v2/firewalls/7/rules", "acme")).isFalse();
        assertThat(scope.matches("POST", "/v2/firewalls/7/rules", "other")).isFalse();
        assertThat(scope.matches("POST", "/v2/firewalls/7/8/rules", "acme")).isFalse();
        assertThat(scope.matches("POST", "/v2/firewalls/7/rules/8", "acme")).isFalse();
        assertThat(scope.matches("POST", "/v2/firewalls", "acme")).isFalse();
    }

    @Test
    void twoStarsAtTheEndStandForAnyRestAndForNone() {
        for (String path : List.of("/v2/firewalls", "/v2/firewalls/7", "/v2/firewalls/7/rules")) {
            assertThat(FaultScope.onPath("/v2/firewalls/**").matches("GET", path, "acme")).describedAs(path).isTrue();
        }
        assertThat(FaultScope.onPath("/v2/firewalls/**").matches("GET", "/v2/firewallsx", "acme")).isFalse();
        assertThat(FaultScope.EVERYTHING.matches("GET", "/", null)).isTrue();
    }

    @Test
    void skippedCallsPassAndThenSoManyAreHit() {
        assertThat(hitsOf(FaultScope.EVERYTHING.skipping(2).times(3), 8)).containsExactly(false, false, true, true, true, false, false, false);
    }

    @Test
    void aFaultOfSomeTimeEndsByTheClock() {
        FaultPlan plan = plan(FaultScope.EVERYTHING.lasting(Duration.ofSeconds(1)));
        assertThat(plan.select("GET", "/", null, NOW + 999_999).hits()).hasSize(1);
        assertThat(plan.select("GET", "/", null, NOW + 1_000_000).hits()).isEmpty();
        assertThat(plan.armed().get(0).over(NOW + 1_000_000)).isTrue();
    }

    @Test
    void chanceHitsItsShareAndTheSameCallsForTheSameSeed() {
        List<Boolean> once = hitsOf(FaultScope.EVERYTHING.withProbability(0.25, 7), 4_000);
        assertThat(once).isEqualTo(hitsOf(FaultScope.EVERYTHING.withProbability(0.25, 7), 4_000));
        assertThat(once).isNotEqualTo(hitsOf(FaultScope.EVERYTHING.withProbability(0.25, 8), 4_000));
        assertThat(once.stream().filter(hit -> hit).count()).isBetween(900L, 1_100L);
        assertThat(hitsOf(FaultScope.EVERYTHING.withProbability(0, 7), 100)).doesNotContain(true);
        assertThat(hitsOf(FaultScope.EVERYTHING.withProbability(1, 7), 100)).doesNotContain(false);
    }

    @Test
    void callsThatAFaultIsNotForAreNotCounted() {
        FaultPlan plan = plan(FaultScope.on("POST", "/a").times(1));
        plan = plan.select("GET", "/a", null, NOW).next().select("POST", "/b", null, NOW).next();
        assertThat(plan.armed().get(0).matched()).isZero();
        assertThat(hits(plan, "POST", "/a")).hasSize(1);
    }

    @Test
    void severalFaultsHitOneCallTogether() {
        FaultPlan plan = new FaultPlan(List.of(armed("slow", new Fault.Delay(Duration.ofMillis(5), Fault.When.BEFORE_APPLYING), FaultScope.EVERYTHING),
            armed("slower", new Fault.Delay(Duration.ofMillis(7), Fault.When.BEFORE_APPLYING), FaultScope.EVERYTHING),
            armed("lost", new Fault.Status(502, null, Fault.When.AFTER_APPLYING), FaultScope.EVERYTHING),
            armed("shadowed", new Fault.Status(500, null, Fault.When.AFTER_APPLYING), FaultScope.EVERYTHING),
            armed("half", new Fault.Partial(), FaultScope.EVERYTHING)));
        Damage damage = Damage.of(plan.select("GET", "/", null, NOW).hits());
        assertThat(damage.delayBefore()).isEqualTo(12);
        assertThat(damage.statusAfter().status()).isEqualTo(502);
        assertThat(damage.statusBefore()).isNull();
        assertThat(damage.mishap().partial()).isTrue();
        assertThat(damage.mishap().failedBy()).isNull();
    }

    @Test
    void aHeldChangeKnowsWhenItsFaultEnds() {
        FaultPlan plan = new FaultPlan(List.of(armed("held", new Fault.Pending(), FaultScope.EVERYTHING.lasting(Duration.ofMinutes(1)))));
        assertThat(Damage.of(plan.select("GET", "/", null, NOW).hits()).mishap()).isEqualTo(new Mishap(false, null, "held", NOW + 60_000_000));
    }

    @Test
    void aGarbledBodyBreaksOffInTheMiddleAndIsNoJson() {
        byte[] sent = Damage.of(List.of(armed("g", ANY, FaultScope.EVERYTHING))).spoiled("{\"firewalls\":[]}".getBytes());
        assertThat(new String(sent)).startsWith("{\"firewa").doesNotContain("[]");
        assertThatThrownBy(() -> Json.read(sent)).isInstanceOf(Refusal.class);
        assertThat(Arrays.equals(Damage.NONE.spoiled(new byte[] {1}), new byte[] {1})).isTrue();
    }

    private static List<Boolean> hitsOf(FaultScope scope, int calls) {
        FaultPlan plan = plan(scope);
        List<Boolean> hits = new ArrayList<>();
        for (int ignored : IntStream.range(0, calls).toArray()) {
            FaultPlan.Selection selection = plan.select("GET", "/", null, NOW);
            hits.add(!selection.hits().isEmpty());
            plan = selection.next();
        }
        return hits;
    }

    private static FaultPlan plan(FaultScope scope) {
        return new FaultPlan(List.of(armed("one", ANY, scope)));
    }

    private static FaultPlan.Armed armed(String id, Fault fault, FaultScope scope) {
        return new FaultPlan.Armed(new PlannedFault(id, fault, scope), NOW, 0, 0);
    }

    private static List<FaultPlan.Armed> hits(FaultPlan plan, String method, String path) {
        return plan.select(method, path, null, NOW).hits();
    }
}
