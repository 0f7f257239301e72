// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.events.AccessRequestId;
import dev.postern.events.ApiCalled;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import dev.postern.local.digitalocean.Settings;
import dev.postern.local.digitalocean.SimulatedDigitalOcean;
import dev.postern.token.postgres.AccessRequestStore;
import dev.postern.token.real.Events;
import dev.postern.token.real.Grants;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Inject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The account's budget through the gateway: real tokens, the real database, and a simulated DigitalOcean that records what reached it. */
@QuarkusTest
class BudgetIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DROPLET = "/v2/droplets/300102";
    private static final String FIREWALL = "/v2/firewalls/bb4b2611-3d72-467b-8602-280330ecd65c";
    private static final int PER_MINUTE = 40;
    private static final int RESERVED = 12;
    private static final Map<String, String> SETTINGS = Map.of("calls-per-minute", Integer.toString(PER_MINUTE), "calls-per-hour", "1000",
        "reserved-for-firewalls-percent", "30");

    @Inject
    AccessRequestStore store;
    @Inject
    Replica.Parts parts;
    @Inject
    Pool pool;
    private Grants grants;
    private SimulatedDigitalOcean cloud;

    @BeforeEach
    void aProviderWithALimit() throws Exception {
        grants = new Grants(store);
        cloud = SimulatedDigitalOcean.start(0, Settings.forTests().withLimits(1_000, PER_MINUTE));
        // Both tests are of the account acme, within a minute.
        pool.query("delete from budget_use").execute().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void end() {
        cloud.close();
    }

    @Test
    void theClientIsToldToWaitBeforeTheProviderWouldSaySoAndFirewallChangesHaveTheirShareWhole() throws Exception {
        try (Replica gateway = new Replica(parts, cloud.url(), cloud.token(), SETTINGS)) {
            AccessRequestId id = granted();
            String one = grants.collect(id).reveal();
            String other = grants.collect(granted("another portal")).reveal();
            // 28 are not reserved; a lone token leaves a tenth of them to whoever comes next.
            assertThat(passed(gateway, one, PER_MINUTE)).isEqualTo(26);
            HttpResponse<String> refused = gateway.call(one, "GET", DROPLET, null);
            assertThat(passed(gateway, other, PER_MINUTE)).isEqualTo(2);
            assertThat(cloud.callsTotal()).as("what reached the provider").isEqualTo(PER_MINUTE - RESERVED);

            // firewall-sync-service, with the account's own credential.
            for (int change = 0; change < RESERVED; change++) {
                assertThat(Replica.callAt(cloud.url(), cloud.token(), "GET", FIREWALL, null).statusCode()).as("firewall change %d", change).isEqualTo(200);
            }
            HttpResponse<String> providers = Replica.callAt(cloud.url(), cloud.token(), "GET", FIREWALL, null);
            assertThat(providers.statusCode()).as("the provider's own limit").isEqualTo(429);
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(JSON.readTree(refused.body()).get("id")).as("as the provider says it").isEqualTo(JSON.readTree(providers.body()).get("id"));
            assertThat(JSON.readTree(refused.body()).get("message").asText()).as("whose calls are used up")
                .startsWith(JSON.readTree(providers.body()).get("message").asText()).contains("This token's part");
            assertThat(refused.headers().firstValueAsLong("ratelimit-limit").orElse(0)).as("the token's own hour").isBetween(26L, 700L);
            assertThat(refused.headers().firstValueAsLong("retry-after").orElse(0)).as("retry-after").isBetween(1L, 60L);
            assertThat(providers.headers().firstValue("retry-after")).isPresent();
            assertThat(refused.headers().firstValue("postern-rule")).contains("over-budget");
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(Events.all(ApiCalled.class, event -> event.requestId().equals(id)
                && event.rule().equals(Optional.of("over-budget")))).hasSize(PER_MINUTE - 26 + 1)
                .allSatisfy(event -> assertThat(event.status()).isEqualTo(429)));
        }
    }

    @Test
    void tokensThatCallTogetherOverTwoReplicasGetEqualPartsAndTogetherNoMoreThanTheShare() throws Exception {
        cloud.change(settings -> settings.withLimits(0, 0));
        ExecutorService callers = Executors.newFixedThreadPool(8);
        try (Replica one = new Replica(parts, cloud.url(), cloud.token(), SETTINGS); Replica other = new Replica(parts, cloud.url(), cloud.token(), SETTINGS)) {
            List<String> tokens = List.of(grants.collect(granted()).reveal(), grants.collect(granted("another portal")).reveal());
            for (String token : tokens) {
                assertThat(passed(one, token, 1)).isEqualTo(1);
            }
            List<Future<Integer>> asked = new ArrayList<>();
            for (int lane = 0; lane < 8; lane++) {
                Replica replica = lane % 2 == 0 ? one : other;
                String token = tokens.get(lane / 2 % 2);
                asked.add(callers.submit(() -> passed(replica, token, 20)));
            }
            int[] passed = {1, 1};
            for (int lane = 0; lane < 8; lane++) {
                passed[lane / 2 % 2] += asked.get(lane).get();
            }
            assertThat(passed).containsExactly(14, 14);
            assertThat(cloud.callsTotal()).isEqualTo(PER_MINUTE - RESERVED);
        } finally {
            callers.shutdown();
        }
    }

    private AccessRequestId granted() {
        return granted("portal");
    }

    private AccessRequestId granted(String owner) {
        return grants.grant(owner, Duration.ofMinutes(10),
            new DigitalOceanApi(new ResourceName("do:droplet:300102"), List.of("droplet:read"), Optional.empty()));
    }

    /** Returns how many of the calls pass; every other one must get 429. */
    private static int passed(Replica gateway, String token, int calls) throws Exception {
        int passed = 0;
        for (int i = 0; i < calls; i++) {
            int status = gateway.call(token, "GET", DROPLET, null).statusCode();
            assertThat(status).isIn(200, 429);
            passed += status == 200 ? 1 : 0;
        }
        return passed;
    }
}
