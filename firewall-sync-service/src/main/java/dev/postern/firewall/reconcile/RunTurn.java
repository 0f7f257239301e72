// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.AccountName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The facts that a run needs of earlier runs.
 *
 * @param now        the moment for which it plans
 * @param pendingFor for how long the provider has been at earlier changes, as far as this process knows
 * @param changeFrom before this moment changes only gather
 * @param closeFrom  before this moment changes that close gather, too
 * @param expireFrom before this moment they gather if all of them have expired and nothing else waits
 * @param unhurried  whether the provider gets the time it usually takes before it is asked again
 * @param expected   the objects by account that the activation before left, which may be looked at while what is wanted is read
 * @param carried    the end of the activation before, a moment ago: what the provider showed then need not be asked again
 * @param shown      where the budget is scarce, the last read, up to a minute ago: an address that it shows is open without a call
 */
record RunTurn(Instant now, Duration pendingFor, Instant changeFrom, Instant closeFrom, Instant expireFrom, boolean unhurried,
               Map<AccountName, List<String>> expected, Optional<Observation> carried, Optional<Observation> shown) {}
