// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.stack;

import java.time.Duration;

/** Which cloud stands behind the sample account {@code acme}. */
public sealed interface Cloud {
    /** The credential that firewall-sync-service and token-service's gateway get, in their environment and nowhere else. */
    String token();

    /** The simulation, as a process of the stack. */
    record Simulated(Duration pendingChangesDelay, int requestsPerHour, int requestsPerMinute) implements Cloud {
        /** A sample: it opens nothing but the simulation. */
        public static final String SAMPLE_TOKEN = "dop_v1_simulated_local_stack";

        /** It behaves as the cloud does: changes pend for 300 ms, 5,000 calls an hour, 250 a minute. */
        public static Simulated likeTheCloud() {
            return new Simulated(Duration.ofMillis(300), 5_000, 250);
        }

        /** Without delay and without limits, for measuring. */
        public static Simulated unlimited() {
            return new Simulated(Duration.ZERO, 0, 0);
        }

        @Override
        public String token() {
            return SAMPLE_TOKEN;
        }
    }

    /** DigitalOcean itself, or whatever answers like it at the URL. */
    record Real(String url, String token) implements Cloud {
        /** URL of DigitalOcean's API. */
        public static final String DIGITALOCEAN = "https://api.digitalocean.com";

        /** Without the token. */
        @Override
        public String toString() {
            return "Real[" + url + "]";
        }
    }
}
