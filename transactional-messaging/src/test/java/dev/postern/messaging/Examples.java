// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import dev.postern.events.AccessRequestId;
import dev.postern.events.AccessRequested;
import dev.postern.events.AccountName;
import dev.postern.events.AuthorizationDetail.FirewallOpening;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.Requester;
import dev.postern.events.ResourceName;
import dev.postern.events.SourceAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Events to send. */
final class Examples {
    private Examples() {}

    static AccessRequested request() {
        return request(Optional.empty());
    }

    static AccessRequested request(Optional<String> reason) {
        return new AccessRequested(new AccessRequestId(UUID.randomUUID()), new AccountName("acme"),
            new Requester(Requester.Kind.PORTAL, "11111111-1111-4111-8111-111111111111", "client-portal", List.of("requester")), Optional.empty(),
            List.of(new FirewallOpening(new ResourceName("service:shop-db"), Protocol.TCP, PortRange.of("5432"),
                List.of(new SourceAddress("203.0.113.7")))),
            Duration.ofHours(1), Optional.empty(), reason, "0".repeat(64), Instant.now().truncatedTo(ChronoUnit.MICROS));
    }
}
