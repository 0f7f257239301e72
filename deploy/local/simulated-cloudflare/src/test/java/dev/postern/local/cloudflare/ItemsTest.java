// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Items of a list: what an address may be, what the three bulk operations come to, reading by cursor. */
class ItemsTest {
    private SimulatedCloudflare simulation;
    private Client client;
    private String list;

    @BeforeEach
    void start() {
        simulation = SimulatedCloudflare.start(0, Settings.forTests());
        client = new Client(simulation);
        list = client.createList("postern_shop");
    }

    @AfterEach
    void close() {
        simulation.close();
    }

    @Test
    void ipv4MayBeAnAddressOrANetworkFrom8To32AndIpv6From12To64() {
        for (String ip : List.of("203.0.113.7", "203.0.113.7/32", "10.0.0.0/8", "2001:db8::/64", "2001:db8::/32", "2000::/12")) {
            assertThat(client.items("PUT", list, ip).status()).describedAs(ip).isEqualTo(200);
        }
        for (String ip : List.of("10.0.0.0/7", "0.0.0.0/0", "2001:db8::1", "2001:db8::/65", "2000::/11", "203.0.113.256", "somewhere", "")) {
            Client.Reply refused = client.items("PUT", list, ip);
            assertThat(refused.status()).describedAs(ip).isEqualTo(400);
            assertThat(refused.json().at("/errors/0/message").asText()).contains("is not a valid value for ip");
        }
        simulation.change(settings -> settings.withLimits(settings.limits().withIpv6PrefixMax(128)));
        assertThat(client.items("PUT", list, "2001:db8::1").status()).describedAs("as younger documentation says").isEqualTo(200);
    }

    @Test
    void anItemHasAnIdItsAddressItsCommentAndItsTimes() {
        client.call("POST", list + "/items", "[{\"ip\":\"2001:DB8::/64\",\"comment\":\"a customer\"}]");
        JsonNode item = client.call("GET", list + "/items", null).result().get(0);
        assertThat(item.get("id").asText()).matches("[0-9a-f]{32}");
        assertThat(item.get("ip").asText()).isEqualTo("2001:db8::/64");
        assertThat(item.get("comment").asText()).isEqualTo("a customer");
        assertThat(item.has("created_on")).isTrue();
        assertThat(client.call("GET", list + "/items/" + item.get("id").asText(), null).result()).isEqualTo(item);
        assertThat(client.call("GET", list + "/items/" + "0".repeat(32), null).status()).isEqualTo(404);
    }

    @Test
    void postAddsPutReplacesDeleteRemovesByIds() {
        client.items("POST", list, "203.0.113.7", "203.0.113.8");
        client.items("POST", list, "203.0.113.9");
        assertThat(client.ips(list)).containsExactly("203.0.113.7", "203.0.113.8", "203.0.113.9");
        assertThat(client.call("GET", list, null).result().get("num_items").asInt()).isEqualTo(3);

        String id = client.call("GET", list + "/items", null).result().at("/1/id").asText();
        client.call("DELETE", list + "/items", "{\"items\":[{\"id\":\"" + id + "\"},{\"id\":\"" + "0".repeat(32) + "\"}]}");
        assertThat(client.ips(list)).containsExactly("203.0.113.7", "203.0.113.9");

        client.items("PUT", list, "203.0.113.9", "198.51.100.0/24");
        assertThat(client.ips(list)).containsExactly("203.0.113.9", "198.51.100.0/24");
        client.items("PUT", list);
        assertThat(client.ips(list)).isEmpty();
    }

    @Test
    void anAddressThatIsThereAlreadyKeepsItsItemAndTheSameTwiceInOneCallIsRefused() {
        client.items("POST", list, "203.0.113.7");
        String id = client.call("GET", list + "/items", null).result().at("/0/id").asText();
        client.call("POST", list + "/items", "[{\"ip\":\"203.0.113.7/32\",\"comment\":\"again\"}]");
        JsonNode items = client.call("GET", list + "/items", null).result();
        assertThat(items).hasSize(1);
        assertThat(items.at("/0/id").asText()).isEqualTo(id);
        assertThat(items.at("/0/comment").asText()).isEqualTo("again");

        assertThat(client.items("POST", list, "203.0.113.8", "203.0.113.8").errorCode()).isEqualTo(10_028);
        assertThat(client.items("POST", list, "203.0.113.8", "203.0.113.8/32").errorCode()).isEqualTo(10_028);
    }

    @Test
    void aBareAddressIsShownAsGivenOrAsANetwork() {
        client.items("PUT", list, "203.0.113.7");
        assertThat(client.ips(list)).containsExactly("203.0.113.7");
        simulation.change(settings -> settings.withEcho(Settings.Echo.AS_NETWORK));
        client.items("PUT", list, "203.0.113.7", "10.0.0.0/8");
        assertThat(client.ips(list)).containsExactly("203.0.113.7/32", "10.0.0.0/8");
    }

    @Test
    void itemsAreReadByCursorForthAndBackWhateverChangesMeanwhile() {
        client.items("PUT", list, IntStream.range(0, 60).mapToObj(at -> "203.0.113." + at).toArray(String[]::new));
        List<String> seen = new ArrayList<>();
        JsonNode page = client.call("GET", list + "/items?per_page=25", null).json();
        assertThat(page.at("/result_info/cursors").has("before")).isFalse();
        seen.addAll(page.get("result").findValuesAsText("ip"));
        String second = page.at("/result_info/cursors/after").asText();

        client.call("DELETE", list + "/items", "{\"items\":[{\"id\":\"" + page.at("/result/3/id").asText() + "\"}]}");
        page = client.call("GET", list + "/items?per_page=25&cursor=" + second, null).json();
        seen.addAll(page.get("result").findValuesAsText("ip"));
        JsonNode back = client.call("GET", list + "/items?per_page=25&cursor=" + page.at("/result_info/cursors/before").asText(), null).json();
        assertThat(back.at("/result/0/ip").asText()).isEqualTo("203.0.113.0");

        page = client.call("GET", list + "/items?per_page=25&cursor=" + page.at("/result_info/cursors/after").asText(), null).json();
        seen.addAll(page.get("result").findValuesAsText("ip"));
        assertThat(page.at("/result_info/cursors").has("after")).isFalse();
        assertThat(seen).hasSize(60).doesNotHaveDuplicates();
    }

    @Test
    void aPageHasAtMost500ItemsAndACursorMustBeOneThatWasGivenOut() {
        for (String query : List.of("per_page=0", "per_page=501", "per_page=x", "cursor=x", "cursor=%25%25")) {
            assertThat(client.call("GET", list + "/items?" + query, null).status()).describedAs(query).isEqualTo(400);
        }
        client.items("PUT", list, "203.0.113.7", "198.51.100.7");
        assertThat(client.call("GET", list + "/items?search=198.51", null).result().findValuesAsText("ip")).containsExactly("198.51.100.7");
    }

    @Test
    void anAccountHasAtMostSoManyItemsInAllItsLists() {
        simulation.change(settings -> settings.withLimits(Settings.Limits.NONE.withCapacity(10, 3)));
        client.items("PUT", list, "203.0.113.1", "203.0.113.2");
        String second = client.createList("second");
        assertThat(client.items("POST", second, "203.0.113.1", "203.0.113.2").status()).isEqualTo(400);
        assertThat(client.items("POST", second, "203.0.113.1").status()).isEqualTo(200);
        assertThat(client.items("POST", list, "203.0.113.3").status()).isEqualTo(400);
        assertThat(client.items("PUT", list, "203.0.113.3").status()).isEqualTo(200);
    }
}
