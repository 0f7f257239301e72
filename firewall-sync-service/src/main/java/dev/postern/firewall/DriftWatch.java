// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall;

import dev.postern.events.ServiceName;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Distinguishes drift seen once from drift seen at every read, which is not repaired or is caused again each time. Thread-safe. */
public final class DriftWatch {
    /** Drift that is seen for so long stays. */
    static final Duration STANDING_AFTER = Duration.ofMinutes(3);
    /** Without triggers, reads are a minute apart; two of them may miss drift that is caused again in between. */
    static final Duration GAP_MAX = Duration.ofSeconds(150);

    private final Map<ServiceName, Seen> seen = new HashMap<>();

    private record Seen(Instant since, Instant last) {}

    /** Notes what a read of the service's objects showed. @param drifted whether others had changed them */
    public synchronized void read(ServiceName service, boolean drifted, Instant now) {
        seen.compute(service, (name, before) -> {
            boolean current = before != null && before.last().plus(GAP_MAX).isAfter(now);
            if (!drifted) {
                return current ? before : null;
            }
            return new Seen(current ? before.since() : now, now);
        });
    }

    /** Returns how many services show drift for three minutes, at least once in every two and a half. */
    public synchronized long standing(Instant now) {
        return seen.values().stream().filter(each -> each.last().plus(GAP_MAX).isAfter(now) && !each.since().plus(STANDING_AFTER).isAfter(each.last())).count();
    }
}
