// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy.kafka;

import static dev.postern.policy.SampleRequests.ACME;
import static dev.postern.policy.SampleRequests.NOW;
import static dev.postern.policy.SampleRequests.PORTAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccessRequested;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.ServiceName;
import dev.postern.events.ServiceProtected;
import dev.postern.policy.SampleRequests;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@QuarkusTest
@RealPolicyService
class ServiceProtectedIT {
    private static ServiceProtected service(String name, long version, String port, boolean removed) {
        return new ServiceProtected(new ServiceName(name), version, ACME, Optional.empty(), new ServiceProtected.Attachment(List.of("t"), List.of()),
            List.of(new ServiceProtected.ServicePort(Protocol.TCP, PortRange.of(port))), ServiceProtected.SourceRules.DEFAULT, removed, "olga", NOW,
            Optional.of("operator-console"));
    }

    private static String outcome(Wire wire, String service, String port) throws Exception {
        AccessRequested request = SampleRequests.by(PORTAL, Duration.ofHours(1), SampleRequests.opening(service, port, "203.0.113.7"));
        wire.send(request);
        AccessDecided decided = await().atMost(Duration.ofSeconds(20)).until(() -> Wire.decisions(request), found -> !found.isEmpty()).get(0);
        return decided.outcome() == AccessDecided.Decision.GRANTED ? "granted" : decided.leftOut().get(0).rule();
    }

    @Test
    void theNewestVersionOfAServiceCountsInWhateverOrderItsEventsCome() throws Exception {
        DecisionIT.put("opens-moving-db", "permit(principal, action == Action::\"firewall:open\", resource == Service::\"moving-db\");");
        try (Wire wire = new Wire()) {
            assertThat(outcome(wire, "moving-db", "5432")).isEqualTo("service-unknown");
            wire.send(service("moving-db", 2, "5433", false));
            wire.send(service("moving-db", 1, "5432", false));
            wire.sendWithId(service("moving-db", 1, "5432", false), "told-again");
            // Topics are not ordered between each other: a marker behind the late versions says when they have arrived.
            awaitMarker(wire, "moving-db", 1);
            assertThat(outcome(wire, "moving-db", "5433")).isEqualTo("granted");
            assertThat(outcome(wire, "moving-db", "5432")).isEqualTo("port-not-offered");

            wire.send(service("moving-db", 3, "5433", true));
            await().atMost(Duration.ofSeconds(20)).until(() -> outcome(wire, "moving-db", "5433").equals("service-unknown"));
            wire.sendWithId(service("moving-db", 2, "5433", false), "told-late");
            awaitMarker(wire, "moving-db", 2);
            assertThat(outcome(wire, "moving-db", "5433")).isEqualTo("service-unknown");
        }
    }

    /** Waits until the consumer has passed everything that was sent under this key: a new service whose name falls into the same partition is known. */
    private static void awaitMarker(Wire wire, String key, int round) throws Exception {
        DecisionIT.put("opens-markers", "permit(principal, action == Action::\"firewall:open\", resource) when { resource.name like \"marker-*\" };");
        String marker = Wire.nameInPartitionOf(key, "marker-" + round + "-");
        wire.send(service(marker, 1, "5432", false));
        await().atMost(Duration.ofSeconds(20)).until(() -> outcome(wire, marker, "5432").equals("granted"));
    }
}
