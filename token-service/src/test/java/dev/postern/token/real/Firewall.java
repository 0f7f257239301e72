// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.real;

import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.FirewallChanged;
import dev.postern.events.FirewallChanged.OpeningChange;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.ServiceName;
import dev.postern.events.SourceAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** firewall-sync-service, played by the test: tells over the real broker what the provider shows. */
public final class Firewall {
    private static final AtomicLong SEQUENCE = new AtomicLong();

    private Firewall() {}

    /** The next number of the service's news. */
    public static long next() {
        return SEQUENCE.incrementAndGet();
    }

    /** Tells of the opening of port 5432 of shop-db from {@code source}. */
    public static void shows(String requestId, String source, OpeningState state) {
        shows(requestId, source, state, next());
    }

    /** The same with a number of its own. */
    public static void shows(String requestId, String source, OpeningState state, long sequence) {
        Events.publish("firewall-sync-service", news(requestId, source, state, sequence));
    }

    /** The event. */
    public static FirewallChanged news(String requestId, String source, OpeningState state, long sequence) {
        Instant now = Instant.now();
        return new FirewallChanged(new ServiceName("shop-db"), new AccountName("acme"), sequence,
            List.of(new OpeningChange(AccessRequestId.of(requestId), Protocol.TCP, PortRange.of("5432"), new SourceAddress(source), state, now,
                Optional.empty())),
            List.of(), now);
    }
}
