// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import java.time.Duration;
import java.util.Map;

/**
 * The simulation as a process of its own. Options: {@code --port} (8090), {@code --host} (127.0.0.1), {@code --token} (or the
 * environment's SIMULATED_DIGITALOCEAN_TOKEN), {@code --pending-changes-delay-ms} (300), {@code --requests-per-hour} (5000) and
 * {@code --requests-per-minute} (250), both 0 for no limit, {@code --link-base} (a host that never resolves). Ends on SIGTERM.
 */
public final class Main {
    private static final int PORT_DEFAULT = 8_090;
    private static final int CALLS_RECORDED = 5_000;

    private Main() {
    }

    public static void main(String... arguments) {
        int port = PORT_DEFAULT;
        String host = "127.0.0.1";
        String token = System.getenv().getOrDefault("SIMULATED_DIGITALOCEAN_TOKEN", Settings.SAMPLE_TOKEN);
        Settings settings = Settings.likeTheCloud().withRecord(CALLS_RECORDED, false);
        try {
            for (int at = 0; at < arguments.length; at += 2) {
                String value = arguments[at + 1];
                switch (arguments[at]) {
                    case "--port" -> port = Integer.parseInt(value);
                    case "--host" -> host = value;
                    case "--token" -> token = value;
                    case "--pending-changes-delay-ms" -> settings = settings.withPendingChangesDelay(Duration.ofMillis(Long.parseLong(value)));
                    case "--requests-per-hour" -> settings = settings.withLimits(Integer.parseInt(value), settings.requestsPerMinute());
                    case "--requests-per-minute" -> settings = settings.withLimits(settings.requestsPerHour(), Integer.parseInt(value));
                    case "--link-base" -> settings = settings.withLinkBase(value);
                    default -> throw new IllegalArgumentException(arguments[at]);
                }
            }
            SimulatedDigitalOcean simulation = SimulatedDigitalOcean.start(host, port, settings.withAccounts(Map.of(token, Settings.SAMPLE_ACCOUNT)));
            System.out.println("simulated DigitalOcean listens on " + simulation.url());
        } catch (IndexOutOfBoundsException | IllegalArgumentException wrong) {
            System.err.println("wrong argument: each of "
                + "--port --host --token --pending-changes-delay-ms --requests-per-hour --requests-per-minute --link-base takes a value");
            System.exit(2);
        } catch (IllegalStateException notListening) {
            System.err.println(notListening.getMessage());
            System.exit(1);
        }
    }
}
