// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.SimulatedResponse;
import dev.postern.local.simulated.Json;
import dev.postern.local.simulated.Routes;

/** /v2/account. */
final class AccountCalls {
    private AccountCalls() {
    }

    static void on(Routes<DigitalOceanCall> routes) {
        routes.on("GET", "/v2/account", AccountCalls::account);
    }

    private static SimulatedResponse account(DigitalOceanCall call) {
        CloudAccount account = call.account();
        ObjectNode node = Json.MAPPER.createObjectNode();
        node.put("droplet_limit", 25).put("floating_ip_limit", 5).put("email", account.name() + "@example.com").put("name", account.name());
        node.put("uuid", account.uuid().toString()).put("email_verified", true).put("status", "active").put("status_message", "");
        node.putObject("team").put("uuid", account.uuid().toString()).put("name", account.name());
        return SimulatedResponse.ok(SimulatedResponse.wrapped("account", node));
    }
}
