// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AccessRequestId;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import dev.postern.events.TokenId;
import dev.postern.token.status.LiveGrant;
import dev.postern.token.status.TokenState;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls of one connection, one after the other: each is decided anew, however equal its bytes are to those of the call before. */
class RepeatedCallsIT {
    private static final Pattern STATUS = Pattern.compile("HTTP/1.1 (\\d{3}) ");
    private static OpenGateway gateway;
    private String secret;

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
        secret = gateway.tokens.live(reading("300101"));
    }

    private static List<AuthorizationDetail> reading(String id) {
        // With every image visible a Droplet's answer passes unfiltered.
        return List.of(new DigitalOceanApi(new ResourceName("do:droplet:" + id), List.of("droplet:read"), Optional.empty()),
            new DigitalOceanApi(new ResourceName("do:image:*"), List.of("image:read"), Optional.empty()));
    }

    private static TokenState live(String id, Instant validUntil) {
        return new TokenState.Live(
            new LiveGrant(TokenId.of(UUID.randomUUID().toString()), AccessRequestId.of(UUID.randomUUID().toString()), KnownTokens.ACME, "portal",
                reading(id), validUntil, Map.of()));
    }

    private String get(String id) {
        return "GET /v2/droplets/" + id + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + secret + "\r\n\r\n";
    }

    private static int ask(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        return RawCall.read(socket.getInputStream()).status();
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", gateway.port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(5_000);
        return socket;
    }

    private List<String> arrived() {
        return gateway.upstream.arrived().stream().map(RecordingUpstream.Arrived::uri).toList();
    }

    @Test
    void theSameCallIsSentAgainAndToldOfAgain() throws Exception {
        try (Socket socket = connect()) {
            gateway.told.clear();
            for (int n = 0; n < 5; n++) {
                assertThat(ask(socket, get("300101"))).isEqualTo(200);
            }
        }
        assertThat(arrived()).hasSize(5).containsOnly("/v2/droplets/300101");
        assertThat(gateway.told).hasSize(5).containsOnly("read 200");
        assertThat(gateway.upstream.arrived()).allSatisfy(call -> assertThat(call.headers()).containsEntry("authorization",
            "Bearer " + RecordingUpstream.CREDENTIAL));
    }

    @Test
    void deadTokenLeavesNothingInTheCache() throws Exception {
        for (TokenState dead : List.of(new TokenState.Revoked(), new TokenState.Expired(), new TokenState.Unknown(), new TokenState.Unavailable())) {
            forget();
            try (Socket socket = connect()) {
                assertThat(ask(socket, get("300101"))).isEqualTo(200);
                gateway.tokens.becomes(secret, dead);
                assertThat(ask(socket, get("300101"))).as(dead.toString()).isEqualTo(dead instanceof TokenState.Unavailable ? 503 : 401);
                assertThat(arrived()).hasSize(1);
            }
        }
    }

    @Test
    void anotherGrantBehindTheSameTokenIsAskedAnew() throws Exception {
        try (Socket socket = connect()) {
            assertThat(ask(socket, get("300101"))).isEqualTo(200);
            gateway.tokens.becomes(secret, live("300102", Instant.now().plusSeconds(60)));
            assertThat(ask(socket, get("300101"))).isEqualTo(403);
            assertThat(ask(socket, get("300102"))).isEqualTo(200);
            gateway.tokens.becomes(secret, live("300101", Instant.now().plusSeconds(60)));
            assertThat(ask(socket, get("300102"))).isEqualTo(403);
            assertThat(ask(socket, get("300101"))).isEqualTo(200);
        }
        assertThat(arrived()).containsExactly("/v2/droplets/300101", "/v2/droplets/300102", "/v2/droplets/300101");
    }

    @Test
    void aGrantThatHasEndedAllowsNothingThatItAllowedBefore() throws Exception {
        gateway.tokens.becomes(secret, live("300101", Instant.now().plusMillis(1_500)));
        try (Socket socket = connect()) {
            assertThat(ask(socket, get("300101"))).isEqualTo(200);
            Instant giveUp = Instant.now().plusSeconds(10);
            int status = 200;
            while (status == 200 && Instant.now().isBefore(giveUp)) {
                status = ask(socket, get("300101"));
            }
            assertThat(status).isEqualTo(401);
        }
    }

    @Test
    void headThatDiffersByOneByteIsParsedAgain() throws Exception {
        String allowed = get("300101");
        int digit = allowed.indexOf("300101") + 5;
        try (Socket socket = connect()) {
            assertThat(ask(socket, allowed)).isEqualTo(200);
            assertThat(ask(socket, allowed.substring(0, digit) + "2" + allowed.substring(digit + 1))).isEqualTo(403);
            assertThat(ask(socket, allowed)).isEqualTo(200);
            String other = gateway.tokens.live(reading("300102"));
            assertThat(ask(socket, allowed.replace(secret, other))).isEqualTo(403);
            assertThat(ask(socket, allowed.replace("GET", "PUT"))).isNotEqualTo(200);
        }
        assertThat(arrived()).hasSize(2).containsOnly("/v2/droplets/300101");
    }

    @Test
    void theSameBytesInOtherPiecesAreTheSameCall() throws Exception {
        String twice = get("300101") + get("300101");
        int half = twice.length() / 2;
        for (int cut : new int[] {1, half - 2, half - 1, half, half + 1, half + 10, twice.length() - 2, twice.length() - 1}) {
            gateway.upstream.forget();
            try (Socket socket = connect()) {
                assertThat(ask(socket, get("300101"))).isEqualTo(200);
                socket.getOutputStream().write(twice.substring(0, cut).getBytes(StandardCharsets.ISO_8859_1));
                List<Integer> early = answers(socket, cut / half);
                socket.getOutputStream().write(twice.substring(cut).getBytes(StandardCharsets.ISO_8859_1));
                assertThat(Stream.concat(early.stream(), answers(socket, 2 - early.size()).stream())).as("cut at " + cut).containsExactly(200, 200);
            }
            assertThat(arrived()).as("cut at " + cut).hasSize(3);
        }
    }

    @Test
    void bodyAfterARepeatedHeadIsCheckedByTheRules() throws Exception {
        try (Socket socket = connect()) {
            assertThat(ask(socket, get("300101"))).isEqualTo(200);
            String trick = get("300101").replace("/300101", "/../droplets/300101");
            socket.getOutputStream().write((get("300101") + trick).getBytes(StandardCharsets.ISO_8859_1));
            assertThat(answers(socket, 2)).containsExactly(200, 400);
        }
        assertThat(arrived()).hasSize(2);
    }

    /** Reads consecutive answers, perhaps in one piece, and returns their statuses. */
    private static List<Integer> answers(Socket socket, int count) throws IOException {
        StringBuilder sofar = new StringBuilder();
        List<Integer> statuses = List.of();
        byte[] buffer = new byte[16_384];
        while (statuses.size() < count || !sofar.isEmpty() && !sofar.toString().endsWith("}")) {
            int read = socket.getInputStream().read(buffer);
            assertThat(read).as("bytes of answers, after: " + sofar).isPositive();
            sofar.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
            statuses = STATUS.matcher(sofar).results().map(found -> Integer.parseInt(found.group(1))).toList();
        }
        return statuses;
    }
}
