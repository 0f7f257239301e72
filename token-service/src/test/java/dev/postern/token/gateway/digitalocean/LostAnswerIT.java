// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AccountName;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A write of which nobody knows whether it was carried out is told as such, with a status that clients do not repeat of themselves. */
class LostAnswerIT {
    /** Statuses that godo (go-retryablehttp), urllib3 and azure-core retry. */
    private static final Set<Integer> REPEATED = Set.of(0, 408, 413, 429, 500, 502, 503, 504);
    private static final AuthorizationDetail DOMAIN = new DigitalOceanApi(new ResourceName("do:domain:shop.example"), List.of("domain:read", "domain:update"),
        Optional.empty());
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
    void forget() {
        gateway.upstream.forget();
        gateway.told.clear();
    }

    @Test
    void writeWhoseAnswerIsLostIsNotRepeated() {
        gateway.upstream.answers(call -> new RecordingUpstream.Reply(RecordingUpstream.HANGS_UP, Map.of(), ""));
        RawCall written = RawCall.send(gateway.port(), post(gateway.tokens.live(List.of(DOMAIN))));
        assertThat(written.status()).isNotIn(REPEATED).isEqualTo(424);
        assertThat(written.header("retry-after")).isNull();
        assertThat(written.body()).contains("did not answer", "may have been carried out");
        assertThat(gateway.told).containsExactly("begins", "ended 424");
        assertThat(gateway.upstream.arrived()).hasSize(1);
    }

    @Test
    void readWhoseAnswerIsLostMayBeRepeated() {
        gateway.upstream.answers(call -> new RecordingUpstream.Reply(RecordingUpstream.HANGS_UP, Map.of(), ""));
        String get = "GET /v2/domains/shop.example HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
            + gateway.tokens.live(List.of(DOMAIN)) + "\r\n\r\n";
        assertThat(RawCall.send(gateway.port(), get).status()).isEqualTo(502);
    }

    @Test
    void writeThatNeverLeftMayBeRepeated() throws Exception {
        gateway.otherUpstream.close();
        String token = gateway.tokens.live(new AccountName("other"), List.of(DOMAIN));
        org.awaitility.Awaitility.await().untilAsserted(() -> {
            RawCall written = RawCall.send(gateway.port(), post(token));
            assertThat(written.status()).isEqualTo(502);
            assertThat(written.body()).contains("could not be reached");
        });
    }

    @Test
    void answerOfAWriteThatCannotBeReadIsNotRepeatedEither() {
        gateway.upstream.answers(call -> new RecordingUpstream.Reply(201, Map.of("content-encoding", "br"), "x"));
        assertThat(RawCall.send(gateway.port(), post(gateway.tokens.live(List.of(DOMAIN)))).status()).isEqualTo(424);
    }

    private static String post(String token) {
        String body = "{\"type\":\"A\",\"name\":\"www\",\"data\":\"203.0.113.7\"}";
        return "POST /v2/domains/shop.example/records HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + token
            + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }
}
