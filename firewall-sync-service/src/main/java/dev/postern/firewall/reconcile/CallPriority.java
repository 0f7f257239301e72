// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.AccountName;
import dev.postern.events.ServiceName;
import dev.postern.firewall.budget.BudgetPolicy.Urgency;
import dev.postern.firewall.cloud.CloudFirewall;
import dev.postern.firewall.cloud.CoalescedReads;
import java.util.Optional;

/**
 * The service and priority of a provider call, for the rate limiter.
 *
 * @param service whose activation it is
 * @param urgency closing (an access has ended), opening (an access is awaited), or neither
 */
public record CallPriority(ServiceName service, Urgency urgency) {
    /** The way to the providers. */
    public interface ProviderClients {
        /** The firewalls of an account for this errand; empty if no account of that name is configured. */
        Optional<CloudFirewall> firewalls(AccountName account, CallPriority errand);

        /** Returns the coalescing reader shared by several services of the account, if any. */
        default Optional<CoalescedReads> looks(AccountName account) {
            return Optional.empty();
        }
    }
}
