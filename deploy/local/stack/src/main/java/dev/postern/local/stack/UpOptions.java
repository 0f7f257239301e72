// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.stack;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The command line of {@code deploy/local/up}. */
record UpOptions(StackSettings settings, boolean fresh) {
    static final String USAGE = """
            deploy/local/up [options]
              --fresh                      wipe what an earlier run left (databases, topics, users, logs), then start
              --data <folder>              keep everything there instead of in .postern
              --port <name>=<number>       another port; names: %s
              --free-ports                 free ports for everything; the table at the end says which
              --services <name>,…|none     start only these services; the others are run from elsewhere
              --digitalocean-token <token> the real cloud instead of the simulated one (better: environment DIGITALOCEAN_TOKEN)
              --digitalocean-url <url>     where its API is, with a token (default %s)
            """.formatted(Arrays.stream(StackEndpoint.values()).map(StackEndpoint::text).collect(Collectors.joining(", ")), Cloud.Real.DIGITALOCEAN);

    /** Wrong use; the message says what is wrong. */
    static final class Wrong extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Wrong(String message) {
            super(message);
        }
    }

    static UpOptions parse(Path root, List<String> arguments, Map<String, String> environment) {
        StackSettings settings = StackSettings.of(root);
        boolean fresh = false;
        String token = environment.get("DIGITALOCEAN_TOKEN");
        String url = Cloud.Real.DIGITALOCEAN;
        Deque<String> rest = new ArrayDeque<>(arguments);
        while (!rest.isEmpty()) {
            String option = rest.pop();
            switch (option) {
                case "--fresh" -> fresh = true;
                case "--data" -> settings = settings.withData(Path.of(value(option, rest)));
                case "--free-ports" -> settings = settings.withPorts(Ports.free());
                case "--port" -> settings = settings.withPorts(changed(settings.ports(), value(option, rest)));
                case "--services" -> settings = settings.withServices(services(value(option, rest)));
                case "--digitalocean-token" -> token = value(option, rest);
                case "--digitalocean-url" -> url = value(option, rest);
                default -> throw new Wrong("Unknown option " + option);
            }
        }
        if (token != null && !token.isBlank()) {
            settings = settings.withCloud(new Cloud.Real(url, token.strip()));
        }
        return new UpOptions(settings, fresh);
    }

    private static String value(String option, Deque<String> rest) {
        if (rest.isEmpty()) {
            throw new Wrong(option + " needs a value");
        }
        return rest.pop();
    }

    private static Set<String> services(String names) {
        Set<String> wanted = names.equals("none") ? Set.of() : Set.of(names.split(","));
        if (!StackSettings.SERVICES.containsAll(wanted)) {
            throw new Wrong("--services knows " + String.join(", ", new TreeSet<>(StackSettings.SERVICES)));
        }
        return wanted;
    }

    private static Ports changed(Ports ports, String nameAndNumber) {
        String[] parts = nameAndNumber.split("=", 2);
        for (StackEndpoint place : StackEndpoint.values()) {
            if (place.text().equals(parts[0]) && parts.length == 2 && parts[1].matches("[1-9]\\d{0,4}") && Integer.parseInt(parts[1]) <= 65_535) {
                return ports.with(place, Integer.parseInt(parts[1]));
            }
        }
        throw new Wrong("--port needs <name>=<number>, not " + nameAndNumber);
    }
}
