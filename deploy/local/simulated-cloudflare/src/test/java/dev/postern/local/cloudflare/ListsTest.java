// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lists of an account, and who may see them. */
class ListsTest {
    private static final String OTHER_ACCOUNT = "5a3b1e0acc0000000000000000000002";

    private SimulatedCloudflare simulation;
    private Client client;

    @BeforeEach
    void start() {
        simulation = SimulatedCloudflare.start(0, Settings.forTests());
        client = new Client(simulation);
    }

    @AfterEach
    void close() {
        simulation.close();
    }

    @Test
    void aListIsMadeShownDescribedAndDeleted() {
        JsonNode made = client.call("POST", "", "{\"name\":\"postern_shop\",\"kind\":\"ip\",\"description\":\"by Postern\"}").result();
        assertThat(made.get("id").asText()).matches("[0-9a-f]{32}");
        assertThat(made.get("num_items").asInt()).isZero();
        assertThat(made.get("created_on").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
        String id = made.get("id").asText();

        assertThat(client.call("GET", "", null).result().get(0)).isEqualTo(made);
        assertThat(client.call("GET", id, null).result()).isEqualTo(made);
        assertThat(client.call("PUT", id, "{\"description\":\"other\"}").result().get("description").asText()).isEqualTo("other");
        assertThat(client.call("DELETE", id, null).result().get("id").asText()).isEqualTo(id);
        assertThat(client.call("GET", id, null).status()).isEqualTo(404);
    }

    @Test
    void everyAnswerHasTheEnvelope() {
        JsonNode good = client.call("GET", "", null).json();
        assertThat(good.toString()).isEqualTo("{\"success\":true,\"errors\":[],\"messages\":[],\"result\":[]}");
        JsonNode bad = client.call("GET", "0".repeat(32), null).json();
        assertThat(bad.get("success").asBoolean()).isFalse();
        assertThat(bad.get("result").isNull()).isTrue();
        assertThat(bad.at("/errors/0/code").asInt()).isGreaterThanOrEqualTo(1_000);
        assertThat(bad.at("/errors/0/message").asText()).isNotBlank();
    }

    @Test
    void namesHaveLowerCaseLettersDigitsAndUnderscoresAndAtMost50() {
        for (String name : List.of("a".repeat(50), "postern_shop_db_2", "_")) {
            assertThat(client.createList(name)).isNotBlank();
        }
        for (String name : List.of("a".repeat(51), "Shop", "shop-db", "", "shop.db", "shöp")) {
            assertThat(client.call("POST", "", "{\"name\":\"" + name + "\",\"kind\":\"ip\"}").status()).describedAs(name).isEqualTo(400);
        }
        assertThat(client.call("POST", "", "{\"name\":\"_\",\"kind\":\"ip\"}").status()).describedAs("taken").isEqualTo(400);
        assertThat(client.call("POST", "", "{\"name\":\"x\",\"kind\":\"asn\"}").status()).describedAs("not simulated").isEqualTo(400);
    }

    @Test
    void aListThatAFilterRefersToCannotBeDeleted() {
        String id = client.createList("used");
        simulation.byHand().refer("used", 1);
        assertThat(client.call("GET", id, null).result().get("num_referencing_filters").asInt()).isEqualTo(1);
        assertThat(client.call("DELETE", id, null).errorCode()).isEqualTo(10_031);
        simulation.byHand().refer("used", 0);
        assertThat(client.call("DELETE", id, null).status()).isEqualTo(200);
    }

    @Test
    void anAccountHasAtMostSoManyLists() {
        simulation.change(settings -> settings.withLimits(Settings.Limits.DOCUMENTED));
        for (int at = 0; at < 10; at++) {
            client.createList("list_" + at);
        }
        assertThat(client.call("POST", "", "{\"name\":\"list_10\",\"kind\":\"ip\"}").status()).isEqualTo(400);
    }

    @Test
    void noTokenAWrongTokenAndTheTokenOfAnotherAccountAreRefused() {
        assertThat(new Client(simulation.url(), null, simulation.accountId()).call("GET", "", null).status()).isEqualTo(400);
        assertThat(new Client(simulation.url(), "nobody", simulation.accountId()).call("GET", "", null).status()).isEqualTo(401);
        Client.Reply other = new Client(simulation.url(), simulation.token(), OTHER_ACCOUNT).call("GET", "", null);
        assertThat(other.status()).isEqualTo(403);
        assertThat(other.errorCode()).isEqualTo(10_000);
        assertThat(client.call("GET", "/client/v4/user/tokens/verify", null).result().get("status").asText()).isEqualTo("active");
    }

    @Test
    void tokenNeedsThePermissionThatTheReferenceNames() {
        String id = client.createList("postern_shop");
        simulation.change(settings -> settings.withPermissions(simulation.token(), Set.of("Account Filter Lists Read")));
        assertThat(client.call("GET", id, null).status()).isEqualTo(200);
        for (String call : List.of("POST ", "PUT " + id, "DELETE " + id, "PUT " + id + "/items", "DELETE " + "0".repeat(32))) {
            Client.Reply refused = client.call(call.split(" ", 2)[0], call.split(" ", 2)[1], "{}");
            assertThat(refused.status() + " " + refused.errorCode()).as(call).isEqualTo("403 10000");
        }
        simulation.change(settings -> settings.withPermissions(simulation.token(), Set.of("Account Filter Lists Edit")));
        assertThat(client.call("GET", "", null).status()).isEqualTo(200);
        assertThat(client.call("DELETE", id, null).status()).isEqualTo(200);
        simulation.change(settings -> settings.withPermissions(simulation.token(), Set.of()));
        assertThat(client.call("GET", "", null).status()).isEqualTo(403);
        for (String verify : List.of("/client/v4/user/tokens/verify", "/client/v4/accounts/" + simulation.accountId() + "/tokens/verify")) {
            assertThat(client.call("GET", verify, null).result().get("status").asText()).isEqualTo("active");
        }
    }

    @Test
    void accountsDoNotSeeEachOther() {
        simulation.change(settings -> settings.withAccounts(Map.of("one", Settings.SAMPLE_ACCOUNT, "two", OTHER_ACCOUNT)));
        simulation.reset();
        String id = new Client(simulation.url(), "one", Settings.SAMPLE_ACCOUNT).createList("shop");
        Client two = new Client(simulation.url(), "two", OTHER_ACCOUNT);
        assertThat(two.call("GET", "", null).result()).isEmpty();
        assertThat(two.call("GET", id, null).status()).isEqualTo(404);
    }

    @Test
    void whatIsUnknownOrMalformedIsRefusedInTheEnvelope() {
        assertThat(client.call("GET", "/client/v4/zones", null).status()).isEqualTo(404);
        assertThat(client.call("PATCH", "", "{}").status()).isEqualTo(405);
        assertThat(client.call("POST", "", "{").errorCode()).isEqualTo(10_026);
        assertThat(client.call("POST", "", "[]").status()).isEqualTo(400);
        assertThat(client.call("POST", "", "{\"name\":7,\"kind\":\"ip\"}").status()).isEqualTo(400);
        assertThat(client.call("GET", "/elsewhere", null).json().get("success").asBoolean()).isFalse();
    }
}
