// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.token.operation.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A token for one resource, every path that names one, and the tricks that make some server read another one: over raw sockets. */
class PathTricksIT {
    private static final String OWN = "11111";
    private static final String FOREIGN = "77777";
    private static final Map<String, String> TRICKS = new LinkedHashMap<>();
    private static OpenGateway gateway;

    static {
        TRICKS.put("dot segments", OWN + "/../" + FOREIGN);
        TRICKS.put("encoded dot segments", OWN + "/%2e%2e/" + FOREIGN);
        TRICKS.put("half-encoded dot segments", OWN + "/.%2E/" + FOREIGN);
        TRICKS.put("encoded slashes", OWN + "%2f..%2f" + FOREIGN);
        TRICKS.put("encoded slash alone", OWN + "%2F" + FOREIGN);
        TRICKS.put("mixed slashes", OWN + "/..%2f" + FOREIGN);
        TRICKS.put("backslashes", OWN + "\\..\\" + FOREIGN);
        TRICKS.put("encoded backslashes", OWN + "%5c..%5c" + FOREIGN);
        TRICKS.put("matrix parameter", OWN + "/..;/" + FOREIGN);
        TRICKS.put("encoded matrix parameter", OWN + "%3b/../" + FOREIGN);
        TRICKS.put("empty segments", OWN + "//../" + FOREIGN);
        TRICKS.put("double encoding", OWN + "/%252e%252e/" + FOREIGN);
        TRICKS.put("double-encoded slash", OWN + "%252f..%252f" + FOREIGN);
        TRICKS.put("overlong UTF-8", OWN + "/%c0%ae%c0%ae/" + FOREIGN);
        TRICKS.put("overlong slash", OWN + "%c0%af..%c0%af" + FOREIGN);
        TRICKS.put("null byte", FOREIGN + "%00" + OWN);
        TRICKS.put("line end", OWN + "%0d%0a/../" + FOREIGN);
        TRICKS.put("encoded question mark", OWN + "%3f/../" + FOREIGN);
        TRICKS.put("number sign", FOREIGN + "#" + OWN);
        TRICKS.put("full-width dots", OWN + "/%ef%bc%8e%ef%bc%8e/" + FOREIGN);
        TRICKS.put("other escapes", OWN + "%u002f..%u002f" + FOREIGN);
        TRICKS.put("single dot", "./" + FOREIGN);
    }

    @BeforeAll
    static void open() throws Exception {
        gateway = new OpenGateway();
    }

    @AfterAll
    static void close() throws Exception {
        gateway.watch().check("PathTricksIT");
        gateway.close();
    }

    @Test
    void noTrickReachesAnotherResource() {
        List<String> wrong = new ArrayList<>();
        int calls = 0;
        for (Operation operation : gateway.operations.all()) {
            if (!operation.served() || operation.segments().stream().allMatch(segment -> Operation.parameter(segment).isEmpty())) {
                continue;
            }
            String token = gateway.tokens.live(GrantsOf.covering(operation, OWN));
            for (Map.Entry<String, String> trick : TRICKS.entrySet()) {
                RawCall answer = RawCall.send(gateway.port(), operation.method() + " " + path(operation, trick.getValue())
                    + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\nConnection: close\r\n\r\n");
                calls++;
                if (answer.status() < 400 || answer.status() >= 500) {
                    wrong.add(operation.id() + " with " + trick.getKey() + ": " + answer.status());
                }
            }
        }
        gateway.upstream.arrived().forEach(call -> wrong.add("arrived: " + call.method() + " " + call.uri()));
        System.out.println(calls + " calls with path tricks");
        assertThat(wrong).isEmpty();
        assertThat(calls).isGreaterThan(400 * 18);
    }

    /** The trick in the place of the last parameter. */
    private static String path(Operation operation, String trick) {
        StringBuilder path = new StringBuilder();
        List<String> segments = operation.segments();
        int last = 0;
        for (int at = 0; at < segments.size(); at++) {
            last = Operation.parameter(segments.get(at)).isPresent() ? at : last;
        }
        for (int at = 0; at < segments.size(); at++) {
            path.append('/').append(at == last ? trick : Operation.parameter(segments.get(at)).isPresent() ? OWN : segments.get(at));
        }
        return path.toString();
    }
}
