// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.http;

import static dev.postern.events.FirewallChanged.OpeningState.CLOSED;
import static dev.postern.events.FirewallChanged.OpeningState.OPEN;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.notNullValue;

import dev.postern.events.AccessRequestId;
import dev.postern.events.ServiceProtected;
import dev.postern.firewall.real.RealFirewallService;
import dev.postern.firewall.real.Shop;
import dev.postern.firewall.real.Wire;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Protected services over HTTP, by people of a real realm. */
@QuarkusTest
@RealFirewallService
class ServiceIT {
    @Test
    void aServiceIsPutReadListedChangedAndTakenAway() {
        Shop shop = Shop.unknown().lets("{\"ipv4_prefix_bits_min\": 28}");
        String path = "/services/" + shop.name();
        Shop.olga().get(path).then().statusCode(404).body("rule", equalTo("not-found"));

        shop.put().then().statusCode(201).header("ETag", equalTo("\"1\"")).body("version", equalTo(1)).body("account", equalTo("acme"))
            .body("attachment.tags", equalTo(List.of("shop-db"))).body("attachment.droplets", equalTo(List.of()))
            .body("source_rules.ipv4_prefix_bits_min", equalTo(28)).body("source_rules.ipv6_prefix_bits_min", equalTo(64))
            .body("source_rules.private_allowed", equalTo(false)).body("changed_by", notNullValue());
        shop.put().then().statusCode(200).header("ETag", equalTo("\"1\""));
        shop.offers("tcp", "5432", "443").put().then().statusCode(200).header("ETag", equalTo("\"2\""));
        Shop.olga().get(path).then().statusCode(200).header("ETag", equalTo("\"2\"")).body("ports.ports", equalTo(List.of("443", "5432")));
        Shop.olga().get("/services?limit=200").then().statusCode(200).body("items.name", hasItem(shop.name().toString()));

        Shop.olga().delete(path).then().statusCode(204);
        Shop.olga().get(path).then().statusCode(404);
        Shop.olga().delete(path).then().statusCode(404);
        shop.put().then().statusCode(201).header("ETag", equalTo("\"4\""));

        await().untilAsserted(() -> assertThat(Wire.seen(ServiceProtected.class, event -> event.service().equals(shop.name())))
            .extracting(ServiceProtected::version).containsExactly(1L, 2L, 3L, 4L));
        assertThat(Wire.seen(ServiceProtected.class, event -> event.service().equals(shop.name())))
            .extracting(ServiceProtected::removed).containsExactly(false, false, true, false);
        assertThat(Wire.seen(ServiceProtected.class, event -> event.service().equals(shop.name())))
            .allSatisfy(event -> assertThat(event.changedByClient()).isPresent());
    }

    @Test
    void aWriteThatExpectsAnotherVersionIsRefused() {
        Shop shop = Shop.isProtected();
        String path = "/services/" + shop.name();
        shop.offers("tcp", "443");
        Shop.olga().contentType("application/json").header("If-Match", "\"7\"").body(shop.body()).put(path).then().statusCode(412);
        Shop.olga().contentType("application/json").header("If-None-Match", "*").body(shop.body()).put(path).then().statusCode(412);
        Shop.olga().header("If-Match", "\"7\"").delete(path).then().statusCode(412);
        Shop.olga().contentType("application/json").header("If-Match", "\"1\"").body(shop.body()).put(path).then().statusCode(200);
        Shop.olga().header("If-Match", "\"2\"").delete(path).then().statusCode(204);
    }

    @Test
    void keycloakDecidesReadAndWritePermissions() {
        Shop shop = Shop.isProtected();
        String path = "/services/" + shop.name();
        given().get(path).then().statusCode(401).contentType("application/problem+json");
        given().contentType("application/json").body(shop.body()).put(path).then().statusCode(401);
        Shop.as("audrey").get(path).then().statusCode(200);
        Shop.as("audrey").get(path + "/openings").then().statusCode(200);
        Shop.as("audrey").get("/reconciliation").then().statusCode(200);
        Shop.as("audrey").contentType("application/json").body(shop.body()).put(path).then().statusCode(403);
        Shop.as("audrey").delete(path).then().statusCode(403);
        Shop.as("rita").get(path).then().statusCode(403);
        Shop.as("rita").get("/reconciliation").then().statusCode(403);
        given().get("/q/health/ready").then().statusCode(200);
        given().get("/q/openapi").then().statusCode(200);
    }

    @Test
    void openingsArePagedTheLatestFirst() {
        Shop shop = Shop.isProtected();
        List<String> grants = IntStream.rangeClosed(1, 5).mapToObj(host -> {
            AccessRequestId grant = shop.isGranted("203.0.113." + host);
            shop.awaits(grant, OPEN);
            return grant.toString();
        }).toList();
        List<String> listed = new ArrayList<>();
        String cursor = "";
        do {
            Response page = Shop.olga().get("/services/" + shop.name() + "/openings?limit=2" + cursor);
            page.then().statusCode(200).body("items[0].state", equalTo("open")).body("items[0].since", notNullValue())
                .body("items[0].valid_until", notNullValue()).body("items[0].protocol", equalTo("tcp")).body("items[0].ports", equalTo("5432"));
            listed.addAll(page.path("items.request_id"));
            String next = page.path("next_cursor");
            cursor = next == null ? null : "&cursor=" + next;
        } while (cursor != null);
        List<String> latestFirst = new ArrayList<>(grants);
        java.util.Collections.reverse(latestFirst);
        assertThat(listed).isEqualTo(latestFirst);
    }

    @Test
    void openingsThatAChangedServiceNoLongerOffersClose() {
        Shop shop = Shop.unknown().offers("tcp", "5432", "443");
        shop.put().then().statusCode(201);
        AccessRequestId grant = shop.isGranted("203.0.113.7");
        shop.awaits(grant, OPEN);
        shop.offers("tcp", "443").put().then().statusCode(200);
        shop.awaits(grant, OPEN, CLOSED);
        assertThat(shop.lastTold(grant).detail().orElseThrow()).startsWith("port-not-offered");
        assertThat(shop.letIn()).isEmpty();
    }

    @Test
    void aChangedAttachmentIsCarriedToTheProvider() {
        Shop shop = Shop.isProtected();
        AccessRequestId grant = shop.isGranted("203.0.113.7");
        shop.awaits(grant, OPEN);
        shop.attachedTo("{\"tags\": [\"shop-web\"], \"droplets\": [300301]}").put().then().statusCode(200);
        await().untilAsserted(() -> assertThat(shop.objects()).singleElement().satisfies(object -> {
            assertThat(object.inEffect().tags()).containsExactly("shop-web");
            assertThat(object.inEffect().dropletIds()).containsExactly(300301L);
        }));
        assertThat(shop.told()).as("our own change is no drift").allMatch(event -> event.drift().isEmpty());
        assertThat(shop.told(grant)).containsExactly(OPEN);
    }

    @Test
    void aServiceThatMovesToAnotherAccountLeavesNothingBehind() {
        Shop shop = Shop.isProtected();
        AccessRequestId grant = shop.isGranted("203.0.113.7");
        shop.awaits(grant, OPEN);
        Shop.olga().contentType("application/json").body(shop.body().replace("acme", "other")).put("/services/" + shop.name()).then().statusCode(200);
        shop.awaits(grant, OPEN, CLOSED);
        assertThat(shop.objects()).isEmpty();
    }

    static Stream<Arguments> refused() {
        return Stream.of(
            Arguments.of(body("nobody", TAG, PORT), "/account", "account-unknown"),
            Arguments.of("{\"attachment\": " + TAG + ", \"ports\": [" + PORT + "]}", "/account", "required"),
            Arguments.of(body("acme", "{}", PORT), "/attachment", "attachment-empty"),
            Arguments.of(body("acme", "{\"tags\": [" + many(51, "\"t%d\"") + "]}", PORT), "/attachment/tags", "maxItems"),
            Arguments.of(body("acme", "{\"droplets\": [" + many(101, "%d") + "]}", PORT), "/attachment/droplets", "maxItems"),
            Arguments.of(body("acme", "{\"tags\": [\"a b\"]}", PORT), "/attachment/tags/0", "pattern"),
            Arguments.of(body("acme", TAG, "{\"protocol\": \"icmp\", \"ports\": \"1\"}"), "/ports/0/protocol", "enum"),
            Arguments.of(body("acme", TAG, "{\"protocol\": \"tcp\", \"ports\": \"0\"}"), "/ports/0/ports", "pattern"),
            Arguments.of(body("acme", TAG, "{\"protocol\": \"tcp\", \"ports\": \"70000\"}"), "/ports/0/ports", "ports-invalid"),
            Arguments.of(body("acme", TAG, "{\"protocol\": \"tcp\", \"ports\": \"9-8\"}"), "/ports/0/ports", "ports-invalid"),
            Arguments.of(body("acme", TAG, ""), "/ports", "minItems"),
            Arguments.of(body("acme", TAG, ports(21)), "/ports", "maxItems"),
            Arguments.of(body("acme", TAG, PORT).replace("{\"account\"", "{\"colour\": 1, \"account\""), "/colour", "additionalProperties"),
            Arguments.of(body("acme", TAG, PORT).replace("]}", "], \"source_rules\": {\"ipv4_prefix_bits_min\": 33}}"),
                "/source_rules/ipv4_prefix_bits_min", "maximum"));
    }

    private static String many(int count, String form) {
        return java.util.stream.IntStream.rangeClosed(1, count).mapToObj(number -> String.format(form, number))
            .collect(java.util.stream.Collectors.joining(","));
    }

    private static final String TAG = "{\"tags\": [\"shop-db\"]}";
    private static final String PORT = "{\"protocol\": \"tcp\", \"ports\": \"5432\"}";

    @ParameterizedTest(name = "{1} {2}")
    @MethodSource("refused")
    void aWrongBodyIsRefusedAtTheMemberAtFault(String body, String pointer, String rule) {
        Shop.olga().contentType("application/json").body(body).put("/services/refused").then().statusCode(400)
            .contentType("application/problem+json").body("errors.find { it.pointer == '" + pointer + "' }.rule", equalTo(rule));
        Shop.olga().get("/services/refused").then().statusCode(404);
    }

    @Test
    void namesAndQueriesThatCanNotBeAreRefused() {
        Shop.olga().contentType("application/json").body(body("acme", TAG, PORT)).put("/services/Not_A_Name").then().statusCode(400);
        Shop.olga().get("/services/Not_A_Name").then().statusCode(404);
        Shop.olga().get("/services?limit=0").then().statusCode(400).body("pointer", equalTo("?limit"));
        Shop.olga().get("/services?colour=red").then().statusCode(400);
        Shop.olga().get("/services?cursor=x").then().statusCode(400).body("rule", equalTo("invalid-cursor"));
        Shop.olga().get("/services/unknown-one/openings").then().statusCode(404);
        Shop.olga().contentType("text/plain").body("x").put("/services/refused").then().statusCode(415);
    }

    private static String body(String account, String attachment, String ports) {
        return "{\"account\": \"" + account + "\", \"attachment\": " + attachment + ", \"ports\": [" + ports + "]}";
    }

    private static String ports(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(port -> "{\"protocol\": \"tcp\", \"ports\": \"" + port + "\"}")
            .collect(java.util.stream.Collectors.joining(","));
    }

}
