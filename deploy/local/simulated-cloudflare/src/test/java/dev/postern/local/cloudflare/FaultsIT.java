// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Faults, settings and other hands, over HTTP while the simulation runs. */
class FaultsIT {
    private static final long START = 1_800_000_000_000_000L;

    private final AtomicLong clock = new AtomicLong(START);
    private SimulatedCloudflare simulation;
    private Client client;
    private String list;

    @BeforeEach
    void start() {
        simulation = SimulatedCloudflare.start(0, Settings.forTests().withClock(clock::get));
        client = new Client(simulation);
        list = client.createList("postern_shop");
    }

    @AfterEach
    void close() {
        simulation.close();
    }

    @Test
    void anotherStatusIsInTheEnvelopeAndAppliedOrNot() {
        set("{'fault':'status','status':429,'retry_after_s':9,'times':1}");
        Client.Reply refused = client.items("POST", list, "203.0.113.7");
        assertThat(refused.status() + " " + refused.header("retry-after") + " " + refused.json().get("success")).isEqualTo("429 9 false");
        assertThat(client.ips(list)).isEmpty();
        set("{'fault':'status','status':502,'when':'after_applying','methods':['POST']}");
        assertThat(client.items("POST", list, "203.0.113.7").status()).isEqualTo(502);
        assertThat(client.ips(list)).containsExactly("203.0.113.7");
    }

    @Test
    void aTimeoutAfterApplyingLeavesAnOperationOfWhichNobodyWasTold() {
        set("{'fault':'timeout','hold_ms':20,'when':'after_applying','methods':['PUT']},{'fault':'pending','methods':['PUT']}");
        assertThatThrownBy(() -> client.items("PUT", list, "203.0.113.7")).isInstanceOf(UncheckedIOException.class);
        assertThat(client.items("POST", list, "203.0.113.8").status()).isEqualTo(429);
        assertThat(client.call("DELETE", "/_simulation/faults", null).status()).isEqualTo(204);
        assertThat(client.ips(list)).containsExactly("203.0.113.7");
    }

    @Test
    void aFailedOperationSaysSoChangesNothingAndFreesTheAccount() {
        client.operation("POST", list, "203.0.113.1");
        set("{'fault':'failed','times':1}");
        String failed = client.operation("PUT", list, "203.0.113.2");
        JsonNode shown = client.call("GET", "bulk_operations/" + failed, null).result();
        assertThat(shown.get("status").asText()).isEqualTo("failed");
        assertThat(shown.get("error").asText()).isNotBlank();
        assertThat(shown.has("completed")).isTrue();
        assertThat(client.ips(list)).containsExactly("203.0.113.1");
        client.operation("PUT", list, "203.0.113.2");
        assertThat(client.ips(list)).containsExactly("203.0.113.2");
    }

    @Test
    void aPartialOperationIsCompletedAndHalfIsThere() {
        set("{'fault':'partial'}");
        String operation = client.operation("POST", list, "203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.4");
        assertThat(client.status(operation)).isEqualTo("completed");
        assertThat(client.ips(list)).containsExactly("203.0.113.1", "203.0.113.2");
        client.operation("PUT", list, "203.0.113.9");
        assertThat(client.ips(list)).describedAs("one came, none went").containsExactlyInAnyOrder("203.0.113.9", "203.0.113.1", "203.0.113.2");
    }

    @Test
    void aPendingOperationBlocksTheAccountUntilTheFaultsTimeIsOver() {
        set("{'fault':'pending','for_ms':60000,'times':1}");
        String operation = client.operation("POST", list, "203.0.113.1");
        clock.addAndGet(59_999_999);
        assertThat(client.status(operation)).isEqualTo("pending");
        assertThat(client.items("POST", list, "203.0.113.2").status()).isEqualTo(429);
        clock.addAndGet(1);
        assertThat(client.status(operation)).isEqualTo("completed");
        assertThat(simulation.byHand().reachable("postern_shop", "203.0.113.1")).isEqualTo(new Reachability(true, START + 60_000_000));
    }

    @Test
    void aGarbledAnswerOfOneAccountLeavesTheOthersAlone() {
        set("{'fault':'garbled','account':'00000000000000000000000000000000'}");
        assertThat(client.call("GET", "", null).json().get("success").asBoolean()).isTrue();
        set("{'fault':'garbled','account':'" + simulation.accountId() + "'}");
        assertThatThrownBy(() -> client.call("GET", "", null).json()).isInstanceOf(AssertionError.class);
    }

    @Test
    void malformedFaultsAndSettingsAreRefused() {
        assertThat(client.call("PUT", "/_simulation/faults", "{").status()).isEqualTo(400);
        Client.Reply refused = client.call("PUT", "/_simulation/faults", "{\"faults\":[{\"fault\":\"fire\"}]}");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().at("/errors/0/message").asText()).startsWith("faults[0]: fault must be one of");
        for (String body : new String[] {"{\"delay\":1}", "{\"lists_max\":-1}", "{\"ipv6_prefix_max\":129}", "{\"echo\":\"loud\"}"}) {
            assertThat(client.call("PUT", "/_simulation/settings", body).status()).isEqualTo(422);
        }
    }

    @Test
    void settingsChangeFromTheNextCallOn() {
        JsonNode changed = client.call("PUT", "/_simulation/settings", "{\"bulk_operation_delay_ms\":1000,\"items_max\":1,\"echo\":\"as_network\"}").json();
        assertThat(changed).isEqualTo(client.call("GET", "/_simulation/settings", null).json());
        assertThat(client.items("POST", list, "203.0.113.1", "203.0.113.2").status()).isEqualTo(400);
        assertThat(client.status(client.operation("POST", list, "203.0.113.1"))).isEqualTo("pending");
        clock.addAndGet(1_000_000);
        assertThat(client.ips(list)).containsExactly("203.0.113.1/32");
    }

    @Test
    void anotherHandEditsRenamesAndDeletesWhateverIsPending() {
        set("{'fault':'pending'}");
        client.operation("POST", list, "203.0.113.1");
        JsonNode edited = client.call("PUT", "/_simulation/lists/postern_shop", "{\"items\":[{\"ip\":\"203.0.113.8\",\"comment\":\"drift\"}]}").json();
        assertThat(edited.get("id").asText()).isEqualTo(list);
        assertThat(client.ips(list)).containsExactly("203.0.113.8");
        assertThat(reachable("203.0.113.8")).isTrue();
        assertThat(client.call("PUT", "/_simulation/lists/foreign", "{\"items\":[{\"ip\":\"198.51.100.0/24\"}]}").status()).isEqualTo(200);
        assertThat(client.call("PUT", "/_simulation/lists/postern_shop", "{\"items\":[{\"ip\":\"10.0.0.0/1\"}]}").status()).isEqualTo(400);
        assertThat(client.call("PUT", "/_simulation/lists/postern_shop", "{\"name\":\"renamed\"}").json().get("name").asText()).isEqualTo("renamed");

        client.call("DELETE", "/_simulation/faults", null);
        assertThat(client.ips(list)).describedAs("what was pending joins what the other hand left").containsExactly("203.0.113.8", "203.0.113.1");
        assertThat(client.call("DELETE", "/_simulation/lists/renamed", null).status()).isEqualTo(204);
        assertThat(client.call("GET", list, null).status()).isEqualTo(404);
        assertThat(client.call("GET", "/_simulation/lists/renamed", null).status()).isEqualTo(404);
    }

    @Test
    void callsAreToldWithoutAnyTokenOrBody() {
        client.items("POST", list, "203.0.113.1");
        Client.Reply told = client.call("GET", "/_simulation/calls", null);
        assertThat(told.json().get("total").asInt()).isEqualTo(2);
        assertThat(told.body()).doesNotContain(simulation.token()).doesNotContain("203.0.113.1");
        assertThat(simulation.calls().toString()).doesNotContain(simulation.token()).contains("203.0.113.1");
    }

    private boolean reachable(String source) {
        return client.call("GET", "/_simulation/reachable?list=postern_shop&source=" + source, null).json().get("reachable").asBoolean();
    }

    /** Sets these faults, with ' for ". */
    private void set(String faults) {
        Client.Reply reply = client.call("PUT", "/_simulation/faults", "{\"faults\":[" + faults.replace('\'', '"') + "]}");
        assertThat(reply.status()).describedAs(reply.body()).isEqualTo(200);
    }
}
