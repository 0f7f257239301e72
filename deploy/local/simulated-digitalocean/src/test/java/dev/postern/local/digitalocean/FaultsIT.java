// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.local.simulated.RecordedCall;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Faults, switched over HTTP while the simulation runs, each as a client meets it. */
class FaultsIT {
    private static final long START = 1_800_000_000_000_000L;
    private static final long SHOP_DB = 300_101;

    private final AtomicLong clock = new AtomicLong(START);
    private SimulatedDigitalOcean simulation;
    private Client client;
    private Client anybody;

    @BeforeEach
    void start() {
        simulation = SimulatedDigitalOcean.start(0, Settings.forTests().withClock(clock::get));
        client = new Client(simulation);
        anybody = new Client(simulation.url(), null);
    }

    @AfterEach
    void close() {
        simulation.close();
    }

    @Test
    void aDelayBeforeApplyingIsAppliedLateAndOneAfterAppliesFirst() {
        set("{'fault':'delay','ms':150,'path':'/v2/tags'}");
        long started = System.nanoTime();
        assertThat(client.post("/v2/tags", "{\"name\":\"late\"}").status()).isEqualTo(201);
        assertThat(System.nanoTime() - started).isGreaterThan(140_000_000L);
        set("{'fault':'delay','ms':150,'when':'after_applying','path':'/v2/tags'}");
        started = System.nanoTime();
        assertThat(client.post("/v2/tags", "{\"name\":\"first\"}").status()).isEqualTo(201);
        assertThat(System.nanoTime() - started).isGreaterThan(140_000_000L);
    }

    @Test
    void whatACallerGaveUpOnIsAppliedLaterAllTheSame() throws Exception {
        set("{'fault':'delay','ms':2000,'times':1}");
        try (Socket socket = new Socket("127.0.0.1", simulation.port())) {
            String body = "{\"name\":\"later\"}";
            socket.getOutputStream().write(("POST /v2/tags HTTP/1.1\r\nhost: x\r\nauthorization: Bearer " + simulation.token()
                + "\r\ncontent-type: application/json\r\ncontent-length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII));
            await().until(() -> simulation.faults().armed().get(0).hit() == 1);
        }
        assertThat(client.get("/v2/tags/later").status()).describedAs("not yet").isEqualTo(404);
        await().until(() -> client.get("/v2/tags/later").status() == 200);
    }

    @Test
    void a429HasRetryAfterOrNotAndAppliesNothing() {
        set("{'fault':'status','status':429,'retry_after_s':17,'times':1}");
        Client.Reply refused = client.post("/v2/tags", "{\"name\":\"extra\"}");
        assertThat(refused.status() + " " + refused.errorId() + " " + refused.header("retry-after")).isEqualTo("429 too_many_requests 17");
        set("{'fault':'status','status':429,'times':1}");
        assertThat(client.post("/v2/tags", "{\"name\":\"extra\"}").header("retry-after")).isNull();
        assertThat(client.get("/v2/tags/extra").status()).isEqualTo(404);
    }

    @Test
    void a500AppliesNothingAnd502AfterApplyingDid() {
        set("{'fault':'status','status':500,'times':1}");
        assertThat(client.post("/v2/tags", "{\"name\":\"extra\"}").status()).isEqualTo(500);
        assertThat(client.get("/v2/tags/extra").status()).isEqualTo(404);
        set("{'fault':'status','status':502,'when':'after_applying','times':1}");
        assertThat(client.post("/v2/tags", "{\"name\":\"extra\"}").status()).isEqualTo(502);
        assertThat(client.get("/v2/tags/extra").status()).isEqualTo(200);
    }

    @Test
    void aTimeoutClosesTheConnectionWithoutAnAnswerBeforeOrAfterApplying() {
        set("{'fault':'timeout','hold_ms':30,'methods':['POST']}");
        assertThatThrownBy(() -> client.post("/v2/tags", "{\"name\":\"before\"}")).isInstanceOf(UncheckedIOException.class);
        set("{'fault':'timeout','hold_ms':30,'when':'after_applying','methods':['POST']}");
        assertThatThrownBy(() -> client.post("/v2/tags", "{\"name\":\"after\"}")).isInstanceOf(UncheckedIOException.class);
        assertThat(client.get("/v2/tags/before").status()).isEqualTo(404);
        assertThat(client.get("/v2/tags/after").status()).isEqualTo(200);
        RecordedCall lost = simulation.calls().get(1);
        assertThat(lost.method() + " " + lost.status() + " " + lost.faults()).isEqualTo("POST 0 [fault-1: timeout]");
    }

    @Test
    void garbledJsonBreaksOffAfterItWasApplied() {
        set("{'fault':'garbled','methods':['POST']}");
        Client.Reply garbled = client.post("/v2/tags", "{\"name\":\"extra\"}");
        assertThat(garbled.status()).isEqualTo(201);
        assertThatThrownBy(garbled::json).isInstanceOf(AssertionError.class);
        assertThat(client.get("/v2/tags/extra").status()).isEqualTo(200);
    }

    @Test
    void aTricklingAnswerComesByteByByteAndWhole() {
        set("{'fault':'trickle','per_byte_ms':1}");
        long started = System.nanoTime();
        Client.Reply slow = client.get("/v2/account");
        assertThat(System.nanoTime() - started).isGreaterThan(slow.body().length() * 500_000L);
        assertThat(slow.json().at("/account/status").asText()).isEqualTo("active");
    }

    @Test
    void aPartialChangeIsMadeByHalfAndAnsweredAsIfItWereWhole() {
        String id = Firewalls.create(client, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.1", "203.0.113.2")));
        set("{'fault':'partial'}");
        assertThat(client.post("/v2/firewalls/" + id + "/rules", Firewalls.rules(Firewalls.rule("5432", "203.0.113.3", "203.0.113.4"))).status())
            .isEqualTo(204);
        assertThat(open()).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(client.put("/v2/firewalls/" + id, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.9"))).status()).isEqualTo(200);
        assertThat(open()).describedAs("one came, one went, two should have gone").containsExactlyInAnyOrder(2, 3, 9);
        client.delete("/v2/firewalls/" + id + "/rules", Firewalls.rules(Firewalls.rule("5432", "203.0.113.2")));
        assertThat(open()).describedAs("a change of one address changes nothing").containsExactlyInAnyOrder(2, 3, 9);
        simulation.faults().clear();
        client.put("/v2/firewalls/" + id, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.9")));
        assertThat(open()).containsExactly(9);
    }

    @Test
    void aFailedChangeIsShownAsFailedAndTheNextGoodOneDoesAwayWithIt() {
        String id = Firewalls.create(client, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.1")));
        set("{'fault':'failed','times':1}");
        client.put("/v2/firewalls/" + id, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.2")));
        assertThat(firewall(id).get("status").asText()).isEqualTo("failed");
        assertThat(firewall(id).get("pending_changes")).hasSize(1);
        assertThat(firewall(id).at("/inbound_rules/0/sources/addresses/0").asText()).isEqualTo("203.0.113.2");
        assertThat(open()).containsExactly(1);
        client.put("/v2/firewalls/" + id, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.3")));
        assertThat(firewall(id).get("status").asText()).isEqualTo("succeeded");
        assertThat(open()).containsExactly(3);
    }

    @Test
    void aPendingChangeStaysPendingUntilTheFaultIsClearedOrItsTimeIsOver() {
        String id = Firewalls.create(client, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.1")));
        set("{'fault':'pending'}");
        client.put("/v2/firewalls/" + id, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.2")));
        clock.addAndGet(3_600_000_000L);
        assertThat(firewall(id).get("status").asText()).isEqualTo("waiting");
        assertThat(open()).containsExactly(1);
        assertThat(anybody.delete("/_simulation/faults").status()).isEqualTo(204);
        assertThat(firewall(id).get("status").asText()).isEqualTo("succeeded");
        assertThat(simulation.byHand().reachable(SHOP_DB, "tcp", 5432, "203.0.113.2").sinceMicros()).isEqualTo(clock.get());

        set("{'fault':'pending','for_ms':60000}");
        client.delete("/v2/firewalls/" + id);
        clock.addAndGet(59_999_999);
        assertThat(open()).describedAs("deleted, and still in effect").containsExactly(2);
        clock.addAndGet(1);
        assertThat(open()).isEmpty();
    }

    @Test
    void aChangeThatIsNotHeldDoesNotWaitForOneThatIs() {
        String id = Firewalls.create(client, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.1")));
        set("{'fault':'pending','times':1}");
        client.put("/v2/firewalls/" + id, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.2")));
        client.put("/v2/firewalls/" + id, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.3")));
        assertThat(open()).containsExactly(3);
        anybody.delete("/_simulation/faults");
        assertThat(open()).describedAs("what was overtaken never comes").containsExactly(3);
    }

    @Test
    void faultsGoWrongTogether() {
        String id = Firewalls.create(client, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.1")));
        set("{'fault':'partial'},{'fault':'status','status':502,'when':'after_applying'}");
        assertThat(client.post("/v2/firewalls/" + id + "/rules", Firewalls.rules(Firewalls.rule("5432", "203.0.113.2", "203.0.113.3"))).status())
            .isEqualTo(502);
        assertThat(open()).containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void whatIsSetCanBeReadWithItsCountsAndSettingAnewStartsAnew() {
        set("{'id':'mine','fault':'status','status':503,'path':'/v2/tags/**','times':2,'skip':1}");
        for (int at = 0; at < 4; at++) {
            client.get("/v2/tags");
        }
        client.get("/v2/account");
        assertThat(simulation.calls()).extracting(RecordedCall::status).containsExactly(200, 503, 503, 200, 200);
        JsonNode fault = anybody.get("/_simulation/faults").json().at("/faults/0");
        assertThat(fault.get("id").asText() + " " + fault.get("matched") + " " + fault.get("hit") + " " + fault.get("over")).isEqualTo("mine 3 2 true");
        set("{'fault':'garbled'}");
        assertThat(anybody.get("/_simulation/faults").json().get("faults")).hasSize(1);
        assertThat(anybody.get("/_simulation/calls").json().at("/calls/1/faults/0").asText()).isEqualTo("mine: status");
    }

    @Test
    void malformedFaultsAreRefusedAndThoseThatWereSetStay() {
        set("{'fault':'status','status':503}");
        assertThat(anybody.put("/_simulation/faults", "{").status()).isEqualTo(400);
        assertThat(anybody.put("/_simulation/faults", "[]").status()).isEqualTo(400);
        Client.Reply refused = anybody.put("/_simulation/faults", "{\"faults\":[{\"fault\":\"garbled\"},{\"fault\":\"fire\"}]}");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().get("message").asText()).startsWith("faults[1]: fault must be one of");
        assertThat(anybody.put("/_simulation/faults", "{\"faults\":[{\"id\":\"a\",\"fault\":\"garbled\"},{\"id\":\"a\",\"fault\":\"garbled\"}]}").status())
            .isEqualTo(422);
        assertThat(client.get("/v2/account").status()).isEqualTo(503);
    }

    @Test
    void aCallOverBudgetAndAnUnknownTokenUseUpNoFault() {
        set("{'fault':'garbled','times':1}");
        new Client(simulation.url(), "nobody").get("/v2/account");
        simulation.change(settings -> settings.withLimits(1, 0));
        assertThatThrownBy(() -> client.get("/v2/account").json()).isInstanceOf(AssertionError.class);
        set("{'fault':'garbled','times':1}");
        assertThat(client.get("/v2/account").errorId()).isEqualTo("too_many_requests");
        assertThat(simulation.faults().armed().get(0).hit()).isZero();
    }

    @Test
    void anotherHandEditsAndDeletesOverHttp() {
        String id = Firewalls.create(client, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.1")));
        assertThat(anybody.put("/_simulation/firewalls/fw", Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.8"))).json().at("/firewall/id").asText())
            .isEqualTo(id);
        assertThat(open()).containsExactly(8);
        assertThat(anybody.put("/_simulation/firewalls/fw", "{\"name\":\"fw\"}").status()).isEqualTo(422);
        assertThat(anybody.put("/_simulation/firewalls/fw", Firewalls.named("renamed", Firewalls.rule("5432", "203.0.113.8"))).status()).isEqualTo(200);
        assertThat(anybody.get("/_simulation/firewalls/renamed").json().at("/firewall/id").asText()).isEqualTo(id);
        assertThat(anybody.delete("/_simulation/firewalls/renamed").status()).isEqualTo(204);
        assertThat(anybody.delete("/_simulation/firewalls/renamed").status()).isEqualTo(404);
        assertThat(client.get("/v2/firewalls/" + id).status()).isEqualTo(404);
        assertThat(simulation.callsTotal()).describedAs("what is done by hand is not recorded").isEqualTo(2);
    }

    /** Sets these faults, with ' for ". */
    private void set(String faults) {
        Client.Reply reply = anybody.put("/_simulation/faults", "{\"faults\":[" + faults.replace('\'', '"') + "]}");
        assertThat(reply.status()).describedAs(reply.body()).isEqualTo(200);
    }

    private JsonNode firewall(String id) {
        return client.get("/v2/firewalls/" + id).json().get("firewall");
    }

    /** Which of 203.0.113.1 to .9 get in to the database. */
    private List<Integer> open() {
        return IntStream.rangeClosed(1, 9)
            .filter(last -> simulation.byHand().reachable(SHOP_DB, "tcp", 5432, "203.0.113." + last).reachable()).boxed().toList();
    }
}
