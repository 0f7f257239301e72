// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import java.time.Duration;
import java.util.Map;

/**
 * The simulation as a process of its own. Options: {@code --port} (8091), {@code --host} (127.0.0.1), {@code --token} (or the
 * environment's SIMULATED_CLOUDFLARE_TOKEN), {@code --account} (its id), {@code --bulk-operation-delay-ms} (500) and
 * {@code --requests-per-five-minutes} (1200, 0 for no limit). Ends on SIGTERM.
 */
public final class Main {
    private static final int PORT_DEFAULT = 8_091;
    private static final int CALLS_RECORDED = 5_000;

    private Main() {
    }

    public static void main(String... arguments) {
        int port = PORT_DEFAULT;
        String host = "127.0.0.1";
        String token = System.getenv().getOrDefault("SIMULATED_CLOUDFLARE_TOKEN", Settings.SAMPLE_TOKEN);
        String account = Settings.SAMPLE_ACCOUNT;
        Settings settings = Settings.likeTheCloud().withRecord(CALLS_RECORDED, false);
        try {
            for (int at = 0; at < arguments.length; at += 2) {
                String value = arguments[at + 1];
                switch (arguments[at]) {
                    case "--port" -> port = Integer.parseInt(value);
                    case "--host" -> host = value;
                    case "--token" -> token = value;
                    case "--account" -> account = value;
                    case "--bulk-operation-delay-ms" -> settings = settings.withBulkOperationDelay(Duration.ofMillis(Long.parseLong(value)));
                    case "--requests-per-five-minutes" ->
                        settings = settings.withLimits(settings.limits().withRequestsPerFiveMinutes(Integer.parseInt(value)));
                    default -> throw new IllegalArgumentException(arguments[at]);
                }
            }
            SimulatedCloudflare simulation = SimulatedCloudflare.start(host, port, settings.withAccounts(Map.of(token, account)));
            System.out.println("simulated Cloudflare listens on " + simulation.url());
        } catch (IndexOutOfBoundsException | IllegalArgumentException wrong) {
            System.err.println("wrong argument: each of --port --host --token --account --bulk-operation-delay-ms --requests-per-five-minutes takes a value");
            System.exit(2);
        } catch (IllegalStateException notListening) {
            System.err.println(notListening.getMessage());
            System.exit(1);
        }
    }
}
