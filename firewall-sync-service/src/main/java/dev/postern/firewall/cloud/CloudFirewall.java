package dev.postern.firewall.cloud;

import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.firewall.FirewallContent;
import dev.postern.firewall.ProviderLimits;
import dev.postern.firewall.ShownFirewall;
import io.smallrye.mutiny.Uni;
import java.util.Collection;
import java.util.List;

/**
 * The firewall objects of one cloud account. As few calls of the provider as a method needs, no retries: what fails is for the next activation. Every
 * failure is a {@link CloudFailure}.
 */
public interface CloudFirewall {
    /** What the provider takes. */
    ProviderLimits limits();

    /** The objects of these ids; those that are gone are left out. */
    Uni<List<ShownFirewall>> read(Collection<String> ids);

    /** Every object of the account, other people's too: those of these ids or names in full, of the others at least id and name. */
    Uni<List<ShownFirewall>> readAll(Collection<String> ids, Collection<String> names);

    /** Makes an object. @return the provider's id of it */
    Uni<String> create(FirewallContent content);

    /** Puts an object as a whole. */
    Uni<Void> replace(String id, FirewallContent content);

    /** Takes an object away; that it is gone already is fine. */
    Uni<Void> delete(String id);

    /**
     * Returns what of an attachment the provider does not have. Asked after a refusal, so it may cost a call for each member; a provider that cannot say
     * returns nothing.
     */
    default Uni<Attachment> missing(Attachment attachment) {
        return Uni.createFrom().item(new Attachment(List.of(), List.of()));
    }

    /** Whether the end of all that was asked of the object is known here; where the provider answers only when it is done, it always is. */
    default boolean follows(String id) {
        return true;
    }

    /** How many calls are left, as the provider said last; of nothing if it has not said. */
    CallBudget budget();
}
