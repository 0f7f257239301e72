// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
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
import jakarta.inject.Inject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Resources that a token with {@code own_created} creates belong to its grant, on every replica, and no others do. */
@QuarkusTest
class OwnCreatedIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FIREWALLS = "/v2/firewalls";
    private static final String FOREIGN = FIREWALLS + "/bb4b2611-3d72-467b-8602-280330ecd65c";
    private static final String RULES = "{\"inbound_rules\":[{\"protocol\":\"tcp\",\"ports\":\"443\",\"sources\":{\"addresses\":[\"203.0.113.7\"]}}]}";

    @Inject
    AccessRequestStore store;
    @Inject
    Replica.Parts parts;
    private Grants grants;
    private SimulatedDigitalOcean cloud;

    @BeforeEach
    void aProvider() {
        grants = new Grants(store);
        cloud = SimulatedDigitalOcean.start(0, Settings.forTests());
    }

    @AfterEach
    void end() {
        cloud.close();
    }

    @Test
    void createdResourceIsTheTokensOwnOnEveryReplicaAndAfterARestart() throws Exception {
        AccessRequestId id = granted();
        String token = grants.collect(id).reveal();
        String own;
        try (Replica one = replica(); Replica other = replica()) {
            assertThat(one.call(token, "GET", FOREIGN, null).statusCode()).isEqualTo(403);
            HttpResponse<String> created = create(one, token, "own-web");
            assertThat(created.statusCode()).as(created.body()).isEqualTo(202);
            own = FIREWALLS + "/" + JSON.readTree(created.body()).at("/firewall/id").asText();

            assertThat(one.call(token, "GET", own, null).statusCode()).as("at once where it was created").isEqualTo(200);
            await().atMost(Duration.ofSeconds(1)).pollInterval(Duration.ofMillis(10)).until(() -> other.call(token, "GET", own, null).statusCode() == 200);
            assertThat(other.call(token, "POST", own + "/rules", RULES).statusCode()).isEqualTo(204);
            ApiCalled told = Events.one(ApiCalled.class, event -> event.requestId().equals(id) && event.created().isPresent());
            assertThat(told.created()).contains(List.of(new ResourceName("do:firewall:" + own.substring(FIREWALLS.length() + 1))));
            assertThat(told.operation()).contains("firewalls_create");

            onlyOwn(one, token, own);
            onlyOwn(other, token, own);
            String stranger = grants.collect(granted()).reveal();
            assertThat(one.call(stranger, "GET", own, null).statusCode()).as("another grant of the same kind").isEqualTo(403);
            assertThat(one.call(stranger, "DELETE", own, null).statusCode()).isEqualTo(403);
        }
        String rotated = grants.collect(id).reveal();
        try (Replica restarted = replica(); Replica other = replica()) {
            assertThat(restarted.call(token, "GET", own, null).statusCode()).as("the token before the rotation").isEqualTo(401);
            onlyOwn(restarted, rotated, own);
            assertThat(restarted.call(rotated, "DELETE", own, null).statusCode()).isEqualTo(204);
            long asked = cloud.calls().size();
            assertThat(restarted.call(rotated, "GET", own, null).statusCode()).as("its own, and gone").isEqualTo(404);
            assertThat(cloud.calls()).as("the provider is not asked").hasSize((int) asked);
            await().atMost(Duration.ofSeconds(1)).pollInterval(Duration.ofMillis(10)).until(() -> other.call(rotated, "GET", own, null).statusCode() == 404);
            try (Replica later = replica()) {
                assertThat(later.call(rotated, "GET", own, null).statusCode()).as("after another restart").isEqualTo(404);
            }
            String again = grants.collect(id).reveal();
            await().atMost(Duration.ofSeconds(1)).pollInterval(Duration.ofMillis(10)).until(() -> other.call(again, "GET", own, null).statusCode() == 404);
            assertThat(restarted.call(grants.collect(granted()).reveal(), "GET", own, null).statusCode()).as("another grant of the same kind").isEqualTo(403);
            assertThat(restarted.call(again, "DELETE", own, null).statusCode()).isEqualTo(403);
            assertThat(cloud.calls().stream().skip(asked).filter(call -> call.status() != 404))
                .as("a replica that has not heard yet may ask, and is told the same").isEmpty();
            assertThat(cloud.calls().stream().filter(call -> call.method().equals("DELETE"))).hasSize(1);
            assertThat(Replica.callAt(cloud.url(), cloud.token(), "GET", FOREIGN, null).statusCode()).isEqualTo(200);
            assertThat(Replica.callAt(cloud.url(), cloud.token(), "GET", own, null).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void aCreateThatTheProviderRefusesMakesNothingItsOwn() throws Exception {
        AccessRequestId id = granted();
        String token = grants.collect(id).reveal();
        try (Replica one = replica()) {
            assertThat(one.call(token, "POST", FIREWALLS, "{\"name\":\"\"}").statusCode()).isEqualTo(422);
            assertThat(one.call(token, "GET", FOREIGN, null).statusCode()).isEqualTo(403);
            ApiCalled told = Events.one(ApiCalled.class, event -> event.requestId().equals(id) && event.status() == 422);
            assertThat(told.created()).isEmpty();
        }
    }

    /** The token reads and lists its own alone, and the provider hears of nothing else. */
    private void onlyOwn(Replica replica, String token, String own) throws Exception {
        JsonNode list = JSON.readTree(replica.call(token, "GET", FIREWALLS, null).body());
        assertThat(list.get("firewalls")).hasSize(1);
        assertThat(FIREWALLS + "/" + list.at("/firewalls/0/id").asText()).isEqualTo(own);
        assertThat(list.at("/meta/total").asInt()).isEqualTo(1);
        long sofar = cloud.callsTotal();
        assertThat(replica.call(token, "GET", FOREIGN, null).statusCode()).isEqualTo(403);
        assertThat(replica.call(token, "DELETE", FOREIGN, null).statusCode()).isEqualTo(403);
        assertThat(replica.call(token, "POST", FOREIGN + "/rules", RULES).statusCode()).isEqualTo(403);
        assertThat(replica.call(token, "GET", "/v2/droplets/300102", null).statusCode()).isEqualTo(403);
        assertThat(cloud.callsTotal()).isEqualTo(sofar);
    }

    private Replica replica() throws Exception {
        return new Replica(parts, cloud.url(), cloud.token(), Map.of());
    }

    private AccessRequestId granted() {
        return grants.grant(Duration.ofMinutes(10), new DigitalOceanApi(new ResourceName("do:firewall:*"),
            List.of("firewall:create", "firewall:read", "firewall:update", "firewall:delete"), Optional.of(Grants.ownCreated())));
    }

    private static HttpResponse<String> create(Replica replica, String token, String name) throws Exception {
        return replica.call(token, "POST", FIREWALLS, "{\"name\":\"" + name + "\"," + RULES.substring(1));
    }
}
