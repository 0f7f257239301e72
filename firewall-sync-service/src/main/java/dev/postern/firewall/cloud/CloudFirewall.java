// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud;

import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.firewall.budget.CallBudget;
import dev.postern.firewall.plan.FirewallContent;
import dev.postern.firewall.plan.ProviderLimits;
import dev.postern.firewall.plan.ShownFirewall;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The firewall objects of one cloud account. As few calls of the provider as a method needs, no retries: what fails is for the next activation. Every
 * failure is a {@link dev.postern.firewall.budget.CloudFailure}.
 */
public interface CloudFirewall {
    /** Returns the provider's limits. */
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

    /** Returns true if this process knows when all operations on the object have ended; always true where the provider answers only after the end. */
    default boolean follows(String id) {
        return true;
    }

    /**
     * The reason for which a change must wait.
     *
     * @param left when to ask again, if the turn does not come before
     * @param why  what it waits for, in words
     */
    record Wait(Duration left, String why) {}

    /**
     * Asks for a turn to change objects, where the provider takes one change after the other. Empty if it is there, or none is needed.
     *
     * @param closes true if the change removes an access
     */
    default Optional<Wait> waitForTurn(boolean closes) {
        return Optional.empty();
    }

    /** Says that nothing has to be changed any more: a turn that was asked for is not needed. */
    default void leaveQueue() {}

    /** Returns the remaining calls from the provider's last answer; empty values before the first one. */
    CallBudget budget();
}
