// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Bodies of firewall calls for tests. */
final class Firewalls {
    private Firewalls() {
    }

    static String named(String name, String... rules) {
        return "{\"name\":\"" + name + "\",\"tags\":[\"shop-db\"],\"inbound_rules\":[" + String.join(",", rules) + "]}";
    }

    static String rules(String... rules) {
        return "{\"inbound_rules\":[" + String.join(",", rules) + "]}";
    }

    static String rule(String ports, String... addresses) {
        return ruleWith("tcp", ports, "allow", addresses);
    }

    static String ruleWith(String protocol, String ports, String action, String... addresses) {
        return "{\"protocol\":\"" + protocol + "\",\"ports\":\"" + ports + "\",\"action\":\"" + action + "\",\"sources\":{\"addresses\":["
            + List.of(addresses).stream().map(address -> "\"" + address + "\"").collect(Collectors.joining(",")) + "]}}";
    }

    /** Returns {@code count} different addresses. */
    static String[] addresses(int count) {
        return IntStream.range(0, count).mapToObj(at -> "203." + at / 65_536 + "." + at / 256 % 256 + "." + at % 256).toArray(String[]::new);
    }

    static String create(Client client, String body) {
        return client.post("/v2/firewalls", body).json().at("/firewall/id").asText();
    }
}
