// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.stack;

import dev.postern.local.parts.EmbeddedKeycloak;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Settings of a stack.
 *
 * @param root the checkout, with the services built
 * @param data where everything is kept; two stacks have two
 * @param ports who listens where
 * @param cloud what stands behind the account {@code acme}
 * @param serviceJvm options of the services' JVMs
 * @param keycloakJvm options of Keycloak's JVM
 * @param environments additions to a service's environment, by the service's name
 * @param services which of the services are started; the others are somebody else's, for instance run from an IDE
 */
public record StackSettings(Path root, Path data, Ports ports, Cloud cloud, List<String> serviceJvm, List<String> keycloakJvm,
                            Map<String, Map<String, String>> environments, Set<String> services) {
    /** The four services. */
    public static final Set<String> SERVICES = Set.of("token-service", "policy-service", "firewall-sync-service", "audit-service");
    private static final List<String> SMALL_JVM = List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError");

    /** Returns the settings of {@code deploy/local/up} without options: data in {@code .postern}, the documented ports, the simulated cloud. */
    public static StackSettings of(Path root) {
        return new StackSettings(root, root.resolve(".postern"), Ports.defaults(), Cloud.Simulated.likeTheCloud(), SMALL_JVM, EmbeddedKeycloak.SMALL_JVM,
            Map.of(), SERVICES);
    }

    public StackSettings withData(Path folder) {
        return new StackSettings(root, folder.toAbsolutePath(), ports, cloud, serviceJvm, keycloakJvm, environments, services);
    }

    public StackSettings withPorts(Ports other) {
        return new StackSettings(root, data, other, cloud, serviceJvm, keycloakJvm, environments, services);
    }

    public StackSettings withCloud(Cloud other) {
        return new StackSettings(root, data, ports, other, serviceJvm, keycloakJvm, environments, services);
    }

    public StackSettings withServiceJvm(List<String> options) {
        return new StackSettings(root, data, ports, cloud, List.copyOf(options), keycloakJvm, environments, services);
    }

    public StackSettings withKeycloakJvm(List<String> options) {
        return new StackSettings(root, data, ports, cloud, serviceJvm, List.copyOf(options), environments, services);
    }

    /** Adds a variable to the environment of one service. */
    public StackSettings withEnvironment(String service, String variable, String value) {
        Map<String, Map<String, String>> all = new HashMap<>(environments);
        Map<String, String> one = new HashMap<>(all.getOrDefault(service, Map.of()));
        one.put(variable, value);
        all.put(service, one);
        return new StackSettings(root, data, ports, cloud, serviceJvm, keycloakJvm, all, services);
    }

    /** Only these services are started. */
    public StackSettings withServices(Set<String> names) {
        return new StackSettings(root, data, ports, cloud, serviceJvm, keycloakJvm, environments, Set.copyOf(names));
    }

    Path logs() {
        return data.resolve("logs");
    }

    Path log(String name) {
        return logs().resolve(name + ".log");
    }
}
