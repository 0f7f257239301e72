package dev.postern.firewall.reconcile;

import dev.postern.events.AccountName;
import dev.postern.events.ServiceName;
import dev.postern.firewall.BudgetPolicy.Urgency;
import dev.postern.firewall.cloud.CloudFirewall;
import dev.postern.firewall.cloud.CoalescedReads;
import java.util.Optional;

/**
 * For whom and for what an activation calls a provider: by this its calls are let through or have to wait.
 *
 * @param service whose activation it is
 * @param urgency whether somebody's access is over, somebody waits for access, or neither
 */
public record CallPriority(ServiceName service, Urgency urgency) {
    /** The way to the providers. */
    public interface ProviderClients {
        /** The firewalls of an account for this errand; empty if no account of that name is configured. */
        Optional<CloudFirewall> firewalls(AccountName account, CallPriority errand);

        /** Where looks of several services of the account are made as one. */
        default Optional<CoalescedReads> looks(AccountName account) {
            return Optional.empty();
        }
    }
}
