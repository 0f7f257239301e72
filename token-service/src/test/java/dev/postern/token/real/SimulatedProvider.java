// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.real;

import dev.postern.local.digitalocean.Settings;
import dev.postern.local.digitalocean.SimulatedDigitalOcean;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/** A simulated DigitalOcean behind the account acme, for the one application of this module; the gateway listens on a free port. */
public class SimulatedProvider implements QuarkusTestResourceLifecycleManager {
    private SimulatedDigitalOcean cloud;

    @Override
    public Map<String, String> start() {
        cloud = SimulatedDigitalOcean.start(0, Settings.forTests());
        return Map.of("postern.accounts.acme.provider", "digitalocean", "postern.accounts.acme.url", cloud.url(), "postern.accounts.acme.token", cloud.token(),
            "postern.gateway.digitalocean.host", "127.0.0.1", "postern.gateway.digitalocean.port", "0",
            "postern.refused-attempts.reported-every", "PT2S", "postern.gateway.digitalocean.calls-per-minute", "0",
            "postern.gateway.digitalocean.calls-per-hour", "0");
    }

    @Override
    public void stop() {
        cloud.close();
    }
}
