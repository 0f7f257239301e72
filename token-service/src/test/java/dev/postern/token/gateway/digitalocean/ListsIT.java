// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import dev.postern.token.port.BudgetBook;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lists that are filtered over all pages of the provider, and answers that cannot be. */
class ListsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PAGE = Pattern.compile("[?&]page=(\\d+)");
    private static OpenGateway gateway;

    @BeforeAll
    static void open() throws Exception {
        gateway = new OpenGateway();
    }

    @AfterAll
    static void close() throws Exception {
        gateway.watch().check("ListsIT");
        gateway.close();
    }

    @BeforeEach
    void forget() {
        gateway.upstream.forget();
    }

    @Test
    void aPageIsFullWhereThereAreItemsToFillItAndTheTotalIsOfWhatTheTokenMaySee() throws Exception {
        gateway.upstream.answers(call -> droplets(call, 1_000));
        // Every 100th of 1,000: ten, spread over five pages of the provider.
        List<AuthorizationDetail> details = new ArrayList<>();
        for (int id = 100; id <= 1_000; id += 100) {
            details.add(droplet(Integer.toString(id)));
        }
        String token = gateway.tokens.live(details);
        JsonNode first = get(token, "/v2/droplets?per_page=4");
        assertThat(ids(first)).containsExactly(100, 200, 300, 400);
        assertThat(first.at("/meta/total").asInt()).isEqualTo(10);
        assertThat(first.at("/links/pages/next").asText()).isEqualTo(OpenGateway.PUBLIC_URL + "/v2/droplets?per_page=4&page=2");
        assertThat(first.at("/links/pages/last").asText()).endsWith("page=3");
        assertThat(ids(get(token, "/v2/droplets?per_page=4&page=3"))).containsExactly(900, 1_000);
        assertThat(ids(get(token, "/v2/droplets?per_page=4&page=4"))).isEmpty();
        assertThat(gateway.upstream.arrived()).allSatisfy(call -> assertThat(call.uri()).contains("per_page=200"));
        assertThat(gateway.upstream.arrived()).hasSize(15);
    }

    @Test
    void eachPageThatIsReadCostsACallAndWhereTheBudgetEndsTheListDoes() throws Exception {
        int calls = 3;
        AtomicInteger taken = new AtomicInteger();
        BudgetBook book = (account, token, perMinute, perHour) -> Future.succeededFuture(taken.incrementAndGet() <= calls ? new BudgetBook.Taken()
            : taken.get() == calls + 1 ? new BudgetBook.Spent(Duration.ofSeconds(42)) : new BudgetBook.Unavailable());
        try (OpenGateway limited = new OpenGateway(new CallBudget(250, 5_000, 30), book)) {
            limited.upstream.answers(call -> droplets(call, 1_000));
            String call = request(limited.tokens.live(List.of(droplet("900"))), "/v2/droplets");
            RawCall refused = RawCall.send(limited.port(), call);
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("retry-after")).isEqualTo("42");
            assertThat(limited.upstream.arrived()).hasSize(calls);
            assertThat(RawCall.send(limited.port(), call).header("retry-after")).as("remembered, and nobody asked").isIn("41", "42");
            assertThat(taken).hasValue(calls + 1);
            String other = request(limited.tokens.live(List.of(droplet("900"))), "/v2/droplets");
            assertThat(RawCall.send(limited.port(), other).status()).as("nobody can count").isEqualTo(503);
            assertThat(limited.upstream.arrived()).hasSize(calls);
        }
    }

    @Test
    void linksOfAWholeListLeadToTheGateway() throws Exception {
        gateway.upstream.answers(call -> droplets(call, 1_000));
        JsonNode list = get(gateway.tokens.live(List.of(droplet("*"))), "/v2/droplets?per_page=200");
        assertThat(list.at("/meta/total").asInt()).isEqualTo(1_000);
        assertThat(list.at("/links/pages/next").asText()).startsWith(OpenGateway.PUBLIC_URL + "/v2/droplets");
        assertThat(list.toString()).doesNotContain(gateway.upstream.url());
    }

    @Test
    void unfilterableAnswerIsNotShown() {
        String token = gateway.tokens.live(List.of(droplet("100")));
        for (String answer : List.of("no JSON", "{\"droplets\":{}}", "[]", "{\"droplets\":[{\"id\":1},{\"id\":1}",
            "{\"droplets\":[],\"droplets\":[{\"id\":7}]}", "\"x\"", "")) {
            gateway.upstream.answers(call -> new RecordingUpstream.Reply(200, Map.of(), answer));
            RawCall call = RawCall.send(gateway.port(), request(token, "/v2/droplets"));
            assertThat(call.status()).as(answer).isIn(502);
            assertThat(call.body()).startsWith("{\"id\":\"bad_gateway\"");
        }
        String large = "{\"droplets\":[],\"x\":\"" + "a".repeat(17 * 1_048_576) + "\"}";
        gateway.upstream.answers(call -> new RecordingUpstream.Reply(200, Map.of(), large));
        assertThat(RawCall.send(gateway.port(), request(token, "/v2/droplets")).status()).isEqualTo(502);
        gateway.upstream.answers(call -> droplets(call, 1_000_000));
        assertThat(RawCall.send(gateway.port(), request(token, "/v2/droplets")).status()).isEqualTo(502);
    }

    @Test
    void anErrorOfTheProviderPasses() {
        gateway.upstream.answers(call -> new RecordingUpstream.Reply(429, Map.of("retry-after", "7", "ratelimit-remaining", "0"),
            "{\"id\":\"too_many_requests\",\"message\":\"x\"}"));
        RawCall call = RawCall.send(gateway.port(), request(gateway.tokens.live(List.of(droplet("100"))), "/v2/droplets"));
        assertThat(call.status()).isEqualTo(429);
        assertThat(call.header("retry-after")).isEqualTo("7");
        gateway.upstream.answers(answer -> new RecordingUpstream.Reply(401, Map.of(), "{}"));
        assertThat(RawCall.send(gateway.port(), request(gateway.tokens.live(List.of(droplet("100"))), "/v2/droplets/100")).status()).isEqualTo(502);
    }

    @Test
    void pagesThatAreNoneAreRefused() {
        gateway.upstream.answers(call -> droplets(call, 10));
        String token = gateway.tokens.live(List.of(droplet("1")));
        for (String query : List.of("page=0", "page=-1", "page=x", "per_page=201", "per_page=0", "page=99999999999", "page=1.5")) {
            assertThat(RawCall.send(gateway.port(), request(token, "/v2/droplets?" + query)).status()).as(query).isEqualTo(422);
        }
        assertThat(RawCall.send(gateway.port(), request(token, "/v2/droplets?page=1&page=2")).status()).isEqualTo(400);
        assertThat(gateway.upstream.arrived()).isEmpty();
    }

    private static RecordingUpstream.Reply droplets(RecordingUpstream.Arrived call, int total) {
        int perPage = call.uri().contains("per_page=") ? Integer.parseInt(call.uri().replaceAll(".*per_page=(\\d+).*", "$1")) : 20;
        Matcher named = PAGE.matcher(call.uri());
        int page = named.find() ? Integer.parseInt(named.group(1)) : 1;
        ObjectNode body = JSON.createObjectNode();
        ArrayNode list = body.putArray("droplets");
        for (int id = (page - 1) * perPage + 1; id <= Math.min(total, page * perPage); id++) {
            list.addObject().put("id", id);
        }
        if (page * perPage < total) {
            body.putObject("links").putObject("pages").put("next", gateway.upstream.url() + "/v2/droplets?page=" + (page + 1) + "&per_page=" + perPage);
        }
        body.putObject("meta").put("total", total);
        return new RecordingUpstream.Reply(200, Map.of(), body.toString());
    }

    private static AuthorizationDetail droplet(String id) {
        return new DigitalOceanApi(new ResourceName("do:droplet:" + id), List.of("droplet:read"), Optional.empty());
    }

    private static List<Integer> ids(JsonNode list) {
        List<Integer> ids = new ArrayList<>();
        list.get("droplets").forEach(droplet -> ids.add(droplet.get("id").asInt()));
        return ids;
    }

    private static JsonNode get(String token, String target) throws Exception {
        RawCall call = RawCall.send(gateway.port(), request(token, target));
        assertThat(call.status()).as(call.body()).isEqualTo(200);
        return JSON.readTree(call.body());
    }

    private static String request(String token, String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + token + "\r\n\r\n";
    }
}
