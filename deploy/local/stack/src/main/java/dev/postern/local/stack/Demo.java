// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.stack;

import dev.postern.local.parts.PartFailed;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** {@code deploy/local/demo}: the main job, against the stack that runs. Ends with 0 only if every check held. */
public final class Demo {
    private static final int WRONG_USE = 2;
    private static final int NOT_HELD = 1;

    private Demo() {
    }

    public static void main(String... arguments) {
        Path data = Path.of(System.getProperty("postern.root")).toAbsolutePath().normalize().resolve(".postern");
        String cloudToken = System.getenv().getOrDefault("DIGITALOCEAN_TOKEN", "");
        Deque<String> rest = new ArrayDeque<>(List.of(arguments));
        while (!rest.isEmpty()) {
            String option = rest.pop();
            if (option.equals("--data") && !rest.isEmpty()) {
                data = Path.of(rest.pop()).toAbsolutePath();
            } else if (option.equals("--digitalocean-token") && !rest.isEmpty()) {
                cloudToken = rest.pop();
            } else {
                System.err.println("deploy/local/demo [--data <folder>] [--digitalocean-token <token>]: as they were given to deploy/local/up");
                System.exit(WRONG_USE);
            }
        }
        System.exit(run(data, cloudToken) ? 0 : NOT_HELD);
    }

    private static boolean run(Path data, String cloudToken) {
        try {
            StackAddresses addresses = StackAddresses.read(data);
            if (!addresses.simulated() && cloudToken.isBlank()) {
                System.err.println("The stack runs against the real cloud: give the demo the token that up got, to look at the provider's side.");
                return false;
            }
            DemoReport report = new DemoReport(System.out);
            new DemoStory(addresses, addresses.simulated() ? Cloud.Simulated.SAMPLE_TOKEN : cloudToken, report).tell();
            return report.conclude();
        } catch (PartFailed e) {
            System.err.println(e.getMessage());
            return false;
        }
    }
}
