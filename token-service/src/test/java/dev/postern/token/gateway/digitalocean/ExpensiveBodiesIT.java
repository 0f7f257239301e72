// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.AuthorizationDetail.Constraints;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies whose check is as dear as a portal and a caller can make it together: everybody else is answered as before. */
class ExpensiveBodiesIT {
    private static final int CALLS = 40;
    private static final long MS_MAX = 1_500;

    @ParameterizedTest
    @ValueSource(strings = {"{\"multipleOf\":1e-9}", "{\"pattern\":\"^(a+)+$\"}", "{\"not\":{\"const\":1.79e308}}"})
    void dearChecksOfOneTokenDoNotDelayTheCallsOfAnother(String leaf) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(CALLS);
        try (OpenGateway gateway = new OpenGateway()) {
            String schema = "{\"properties\":{\"data\":{\"items\":{\"allOf\":[" + String.join(",", Collections.nCopies(100, leaf)) + "]}}}}";
            String dear = gateway.tokens.live(domain("shop.example", new Constraints(null, Optional.of(new ObjectMapper().readTree(schema)), null, null, null,
                null, null)));
            String other = gateway.tokens.live(domain("other.example", Constraints.NONE));
            String value = leaf.contains("pattern") ? "\"" + "a".repeat(20) + "!\"" : "1.79e308";
            byte[] write = write(dear, "{\"data\":[" + String.join(",", Collections.nCopies(40_000, value)) + "]}");
            byte[] read = ("GET /v2/domains/other.example HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + other + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
            assertThat(RawCall.send(gateway.port(), read).status()).isEqualTo(200);
            List<Future<Integer>> asked = new ArrayList<>();
            for (int call = 0; call < CALLS; call++) {
                asked.add(callers.submit(() -> RawCall.sendPatiently(gateway.port(), write).status()));
            }
            long longest = 0;
            while (!asked.stream().allMatch(Future::isDone)) {
                long before = System.nanoTime();
                assertThat(RawCall.send(gateway.port(), read).status()).isEqualTo(200);
                longest = Math.max(longest, (System.nanoTime() - before) / 1_000_000);
            }
            Map<Integer, Integer> statuses = new TreeMap<>();
            for (Future<Integer> one : asked) {
                statuses.merge(one.get(), 1, Integer::sum);
            }
            System.out.println(CALLS + " dear checks of " + leaf + ": " + statuses + ", another token's call took " + longest + " ms at most");
            assertThat(statuses.keySet()).isSubsetOf(403, 503).contains(403);
            assertThat(longest).isLessThan(MS_MAX);
            assertThat(gateway.upstream.arrived()).allMatch(call -> call.method().equals("GET"));
        } finally {
            callers.shutdown();
        }
    }

    private static List<AuthorizationDetail> domain(String name, Constraints constraints) {
        return List.of(new DigitalOceanApi(new ResourceName("do:domain:" + name), List.of("domain:read", "domain:update"), Optional.of(constraints)));
    }

    private static byte[] write(String token, String body) {
        return ("POST /v2/domains/shop.example/records HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + token
            + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.ISO_8859_1);
    }
}
