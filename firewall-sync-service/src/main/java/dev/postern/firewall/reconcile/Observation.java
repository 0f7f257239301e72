// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.AccountName;
import dev.postern.firewall.plan.ShownFirewall;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * The provider's observed state.
 *
 * @param account    where
 * @param own        objects of ours, under the names that we gave them
 * @param namesTaken names like ours that others have; known only of a listing
 * @param listed     whether all objects of the account were listed
 * @param at         when the provider had answered
 */
record Observation(AccountName account, List<ShownFirewall> own, Set<String> namesTaken, boolean listed, Instant at) {
    boolean pending() {
        return own.stream().anyMatch(shown -> shown.progress() == ShownFirewall.Progress.PENDING);
    }

    /** Returns the number of allowed accesses. */
    int size() {
        return own.stream().mapToInt(shown -> shown.inbound().stream().mapToInt(rule -> rule.sources().size()).sum()).sum();
    }
}
