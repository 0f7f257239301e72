// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.events.AuthorizationDetail;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Some calls of each kind, so that afterwards an event loop's time is the computation's, and not the class loader's and the interpreter's. */
final class WarmUp {
    private static final int ROUNDS = 40;

    private WarmUp() {}

    static void of(OpenGateway gateway) throws Exception {
        List<AuthorizationDetail> details = List.of(grant("do:droplet:7", "droplet:read"), grant("do:account:*", "account:read"),
            grant("do:ssh_key:*", "ssh_key:create"), grant("do:firewall:*", "firewall:create", "firewall:read"));
        String token = gateway.tokens.live(details);
        String end = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + token + "\r\n";
        String firewall = "{\"name\":\"x\",\"droplet_ids\":[7],\"tags\":[\"a\"]}";
        String body = "{\"name\":\"x\",\"public_key\":\"" + "k".repeat(2_000) + "\"}";
        List<String> calls = List.of("GET /v2/account" + end + "\r\n", "GET /v2/droplets?page=1&per_page=20" + end + "\r\n",
            "GET /v2/droplets/7" + end + "\r\n",
            "GET /v2/droplets/8" + end + "\r\n", "GET /v2/nothing" + end + "\r\n", "GET /v2/../x" + end + "\r\n",
            "GET /v2/account" + end.replace(token, "none") + "\r\n",
            "POST /v2/account/keys" + end + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body,
            "POST /v2/account/keys" + end + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length()) + "\r\n"
                + body
                + "\r\n0\r\n\r\n",
            "DELETE /v2/droplets/7" + end + "Content-Length: 2\r\n\r\n{}", "POST /v2/firewalls" + end
                + "Content-Type: application/json\r\nContent-Length: " + firewall.length() + "\r\n\r\n" + firewall);
        gateway.upstream
            .answers(call -> new RecordingUpstream.Reply(200, Map.of(), "{\"droplets\":[{\"id\":7,\"url\":\"https://api.digitalocean.com/v2/droplets/7\"},"
                + "{\"id\":8}],\"links\":{\"pages\":{}},\"meta\":{\"total\":2}}"));
        ExecutorService callers = Executors.newFixedThreadPool(4);
        try {
            List<Callable<RawCall>> all = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                calls.forEach(call -> all.add(() -> RawCall.send(gateway.port(), call)));
            }
            for (Future<RawCall> done : callers.invokeAll(all)) {
                done.get();
            }
        } finally {
            callers.shutdown();
        }
        gateway.upstream.answers(call -> new RecordingUpstream.Reply(200, Map.of(), "{\"ok\":true}"));
    }

    private static AuthorizationDetail grant(String resource, String... scopes) {
        return new DigitalOceanApi(new ResourceName(resource), List.of(scopes), Optional.empty());
    }
}
