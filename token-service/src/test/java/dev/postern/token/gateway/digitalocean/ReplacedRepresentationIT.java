// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AuthorizationDetail;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import dev.postern.token.port.BudgetBook;
import dev.postern.token.status.TokenState;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A PUT of a whole representation reaches the provider only if the token covers what it takes away and what it adds. */
class ReplacedRepresentationIT {
    private static final String SHOWN = "{\"firewall\":{\"id\":\"7\",\"name\":\"web\",\"droplet_ids\":[1,2],\"tags\":[\"shop\"],\"inbound_rules\":[],\"outbound_rules\":[]}}";
    private static OpenGateway gateway;

    @BeforeAll
    static void open() throws Exception {
        gateway = new OpenGateway();
    }

    @AfterAll
    static void close() throws Exception {
        gateway.close();
    }

    @BeforeEach
    void showFirewall() {
        gateway.upstream.forget();
        gateway.told.clear();
        gateway.upstream.answers(call -> new RecordingUpstream.Reply(200, Map.of(), SHOWN));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"name\":\"web\"}", "{\"name\":\"web\",\"droplet_ids\":[],\"tags\":[]}", "{\"name\":\"web\",\"droplet_ids\":null,\"tags\":null}",
        "{\"name\":\"web\",\"droplet_ids\":[1],\"tags\":[\"shop\"]}", "{\"name\":\"web\",\"droplet_ids\":[1,2,3],\"tags\":[\"shop\"]}"})
    void firewallThatPutWouldTakeOffItsDropletsStaysOnThem(String body) {
        RawCall answer = put(gateway, gateway.tokens.live(own()), "/v2/firewalls/7", body);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.header("postern-missing-scope")).isEqualTo("droplet:update");
        assertThat(answer.header("postern-missing-resource")).contains("do:droplet:").doesNotContain("*");
        assertThat(gateway.upstream.arrived()).extracting(RecordingUpstream.Arrived::method).containsExactly("GET");
        assertThat(gateway.told).containsExactly("refused 403 not-granted");
    }

    @Test
    void putThatTakesNothingAwayPasses() {
        String body = "{\"name\":\"other\",\"droplet_ids\":[2,1],\"tags\":[\"shop\"],\"inbound_rules\":[]}";
        assertThat(put(gateway, gateway.tokens.live(own()), "/v2/firewalls/7", body).status()).isEqualTo(200);
        assertThat(gateway.upstream.arrived()).extracting(call -> call.method() + " " + call.uri()).containsExactly("GET /v2/firewalls/7",
            "PUT /v2/firewalls/7");
        assertThat(gateway.upstream.arrived().get(1).body()).isEqualTo(body);
        assertThat(gateway.upstream.arrived())
            .allSatisfy(call -> assertThat(call.headers()).containsEntry("authorization", "Bearer " + RecordingUpstream.CREDENTIAL));
    }

    @Test
    void providerIsNotAskedAboutWhatTheTokenDoesNotOpen() {
        assertThat(put(gateway, gateway.tokens.live(own()), "/v2/firewalls/8", "{\"name\":\"web\"}").status()).isEqualTo(403);
        assertThat(put(gateway, gateway.tokens.live(own()), "/v2/firewalls/7", "{\"name\":\"web\",\"Droplet_Ids\":[]}").status()).isEqualTo(403);
        assertThat(gateway.upstream.arrived()).isEmpty();
    }

    @Test
    void holderOfTheWholeTypesNeedsNoComparison() {
        List<AuthorizationDetail> all = Stream
            .concat(own().stream(), Stream.of(entry("do:droplet:*", "droplet:update", "droplet:read"), entry("do:tag:*", "tag:read"),
                entry("do:load_balancer:*", "load_balancer:read"), entry("do:kubernetes:*", "kubernetes:read")))
            .toList();
        assertThat(put(gateway, gateway.tokens.live(all), "/v2/firewalls/7", "{\"name\":\"web\"}").status()).isEqualTo(200);
        assertThat(gateway.upstream.arrived()).extracting(RecordingUpstream.Arrived::method).containsExactly("PUT");
    }

    @Test
    void resourceThatTheProviderDoesNotShowIsNotReplaced() {
        String token = gateway.tokens.live(own());
        for (String shown : List.of("no JSON", "[]", "{}", "{\"firewall\":{\"droplet_ids\":[[1]]}}", "")) {
            gateway.upstream.answers(call -> new RecordingUpstream.Reply(200, Map.of(), shown));
            RawCall answer = put(gateway, token, "/v2/firewalls/7", "{\"name\":\"web\"}");
            assertThat(answer.status()).as(shown).isIn(502, 403);
        }
        gateway.upstream.answers(call -> new RecordingUpstream.Reply(404, Map.of(), "{\"id\":\"not_found\",\"message\":\"no\"}"));
        assertThat(put(gateway, token, "/v2/firewalls/7", "{\"name\":\"web\"}").status()).isEqualTo(404);
        gateway.upstream.answers(call -> new RecordingUpstream.Reply(500, Map.of(), "{}"));
        assertThat(put(gateway, token, "/v2/firewalls/7", "{\"name\":\"web\"}").status()).isEqualTo(502);
        assertThat(gateway.upstream.arrived()).extracting(RecordingUpstream.Arrived::method).doesNotContain("PUT");
    }

    @Test
    void tokenRevokedDuringTheComparisonReplacesNothing() {
        String token = gateway.tokens.live(own());
        gateway.upstream.answers(call -> {
            gateway.tokens.becomes(token, new TokenState.Revoked());
            return new RecordingUpstream.Reply(200, Map.of(), SHOWN);
        });
        assertThat(put(gateway, token, "/v2/firewalls/7", "{\"name\":\"web\",\"droplet_ids\":[1,2],\"tags\":[\"shop\"]}").status()).isEqualTo(401);
        assertThat(gateway.upstream.arrived()).extracting(RecordingUpstream.Arrived::method).containsExactly("GET");
    }

    @Test
    void comparisonCostsACallOfTheBudget() throws Exception {
        AtomicInteger taken = new AtomicInteger();
        BudgetBook book = (account, token, perMinute, perHour) -> Future.succeededFuture(taken.incrementAndGet() <= 1 ? new BudgetBook.Taken()
            : new BudgetBook.Spent(Duration.ofSeconds(42)));
        try (OpenGateway limited = new OpenGateway(new CallBudget(250, 5_000, 30), book)) {
            limited.upstream.answers(call -> new RecordingUpstream.Reply(200, Map.of(), SHOWN));
            String body = "{\"name\":\"web\",\"droplet_ids\":[1,2],\"tags\":[\"shop\"]}";
            assertThat(put(limited, limited.tokens.live(own()), "/v2/firewalls/7", body).status()).isEqualTo(429);
            assertThat(limited.upstream.arrived()).extracting(RecordingUpstream.Arrived::method).containsExactly("GET");
        }
    }

    private static List<AuthorizationDetail> own() {
        return List.of(entry("do:firewall:7", "firewall:update"));
    }

    private static AuthorizationDetail entry(String resource, String... scopes) {
        return new DigitalOceanApi(new ResourceName(resource), List.of(scopes), Optional.empty());
    }

    private static RawCall put(OpenGateway at, String token, String path, String body) {
        return RawCall.send(at.port(), "PUT " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + token
            + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }
}
