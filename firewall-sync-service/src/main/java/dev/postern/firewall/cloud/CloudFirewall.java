package dev.postern.firewall.cloud;

import dev.postern.firewall.FirewallContent;
import dev.postern.firewall.ProviderLimits;
import dev.postern.firewall.ShownFirewall;
import io.smallrye.mutiny.Uni;
import java.util.Collection;
import java.util.List;

/**
 * The firewall objects of one cloud account. One call of the provider per method and object, no retries: what fails is for the next activation. Every
 * failure is a {@link CloudFailure}.
 */
public interface CloudFirewall {
    /** What the provider takes. */
    ProviderLimits limits();

    /** The objects of these ids; those that are gone are left out. */
    Uni<List<ShownFirewall>> read(Collection<String> ids);

    /** Every object of the account, other people's too. */
    Uni<List<ShownFirewall>> readAll();

    /** Makes an object. @return the provider's id of it */
    Uni<String> create(FirewallContent content);

    /** Puts an object as a whole. */
    Uni<Void> replace(String id, FirewallContent content);

    /** Takes an object away; that it is gone already is fine. */
    Uni<Void> delete(String id);

    /** How many calls are left, as the provider said last; of nothing if it has not said. */
    CallBudget budget();
}
