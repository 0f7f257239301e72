// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import static dev.postern.events.FirewallChanged.OpeningState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.events.AccessRequestId;
import dev.postern.firewall.real.RealFirewallService;
import dev.postern.firewall.real.Shop;
import dev.postern.firewall.real.SimulatedCloud;
import dev.postern.local.simulated.Fault;
import dev.postern.local.simulated.FaultScope;
import dev.postern.local.simulated.RecordedCall;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Services of one account share what its provider takes. */
@QuarkusTest
@RealFirewallService
class SharedAccountIT {
    private static final int TOO_MANY_REQUESTS = 429;

    @BeforeEach
    void nothingWasAskedYet() {
        SimulatedCloud.digitalOcean().forgetCalls();
    }

    @AfterEach
    void well() {
        SimulatedCloud.digitalOcean().faults().clear();
    }

    @Test
    void aRefusalOfOneServicesCallPausesAllOfItsAccount() {
        Map<String, Integer> saidByAccount = new LinkedHashMap<>();
        saidByAccount.put(SimulatedCloud.ACME, 3);
        saidByAccount.put(SimulatedCloud.OTHER, null); // no retry-after: two seconds
        Map<Shop, AccessRequestId> waiting = new LinkedHashMap<>();
        saidByAccount.forEach((account, seconds) -> {
            Shop refused = opened(account);
            Shop neighbour = opened(account);
            SimulatedCloud.digitalOcean().faults().add(new Fault.Status(TOO_MANY_REQUESTS, seconds, Fault.When.BEFORE_APPLYING),
                FaultScope.onPath(refused.pathOfObject()).times(1));
            waiting.put(refused, refused.isGranted("203.0.113.8"));
            await().until(() -> refusal(account).isPresent());
            waiting.put(neighbour, neighbour.isGranted("203.0.113.8"));
        });
        waiting.forEach((shop, grant) -> shop.awaits(grant, OPEN));
        saidByAccount.forEach((account, seconds) -> {
            long refusedAt = refusal(account).orElseThrow().startedMicros();
            long next = calls(account).stream().mapToLong(RecordedCall::startedMicros).filter(at -> at > refusedAt).min().orElseThrow();
            assertThat(next - refusedAt).as("microseconds until anybody called " + account).isGreaterThan((seconds == null ? 2 : seconds) * 1_000_000L);
        });
    }

    @Test
    void aServiceThatChangesAllTheTimeLeavesAnotherItsShareOfTheMinute() {
        Shop modest = opened(SimulatedCloud.SCARCE);
        Shop greedy = opened(SimulatedCloud.SCARCE);
        List<AccessRequestId> wished = new ArrayList<>();
        await("the greedy one has had its share").pollInterval(Duration.ofMillis(300)).atMost(Duration.ofSeconds(40)).until(() -> {
            wished.add(greedy.isGranted("203.0.113." + (10 + wished.size())));
            String outcome = Shop.olga().get("/reconciliation?limit=200").path("items.find { it.service == '" + greedy.name() + "' }.outcome");
            return "provider-share".equals(outcome);
        });
        AccessRequestId grant = modest.isGranted("203.0.113.8");
        modest.awaits(grant, OPEN);
        assertThat(wished).as("of the greedy one").anyMatch(wish -> greedy.told(wish).isEmpty());
        assertThat(calls(SimulatedCloud.SCARCE)).as("calls of a minute").hasSizeLessThanOrEqualTo(40);
    }

    /** A service that lets somebody in already. */
    private static Shop opened(String account) {
        Shop shop = Shop.of(account);
        shop.put().then().statusCode(201);
        AccessRequestId first = shop.isGranted("203.0.113.7");
        shop.awaits(first, OPEN);
        return shop;
    }

    private static Optional<RecordedCall> refusal(String account) {
        return calls(account).stream().filter(call -> call.status() == TOO_MANY_REQUESTS).findFirst();
    }

    private static List<RecordedCall> calls(String account) {
        return SimulatedCloud.digitalOcean().calls().stream().filter(call -> account.equals(call.account())).toList();
    }
}
