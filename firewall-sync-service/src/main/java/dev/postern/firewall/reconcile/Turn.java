package dev.postern.firewall.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What an activation has to know of those before it.
 *
 * @param now        the moment for which it plans
 * @param pendingFor for how long the provider has been at earlier changes, as far as this process knows
 * @param changeFrom before this moment changes only gather
 * @param unhurried  whether the budget is so short that the provider gets the time it usually takes before it is asked again
 * @param carried    the end of the activation before, a moment ago: what the provider showed then need not be asked again
 */
record Turn(Instant now, Duration pendingFor, Instant changeFrom, boolean unhurried, Optional<Look> carried) {
    /** The first one. */
    static Turn first(Instant now) {
        return new Turn(now, Duration.ZERO, now, false, Optional.empty());
    }
}
