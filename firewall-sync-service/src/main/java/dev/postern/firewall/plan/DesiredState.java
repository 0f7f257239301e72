package dev.postern.firewall.plan;

import dev.postern.events.ServiceName;
import dev.postern.events.ServiceProtected.Attachment;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The desired state of one service at one account.
 *
 * @param service    the service
 * @param attachment what its objects are to be attached to; empty if the service is to have nothing here
 * @param missing    tags and Droplets of the attachment that the provider does not have
 * @param wanted     what grants need; nothing else is ever placed in an object
 * @param held       what no grant explains and is not taken out of the object that shows it; never placed, never put back
 * @param newcomers  how many wanted addresses that are not shown yet may be offered to the provider now
 */
public record DesiredState(ServiceName service, Optional<Attachment> attachment, Attachment missing, Set<Access> wanted, Set<Access> held,
                           Newcomers newcomers) {
    /** An attachment to nothing. */
    public static final Attachment NOTHING = new Attachment(List.of(), List.of());

    /**
     * Wanted addresses that the provider does not show yet.
     *
     * @param max     how many of them one plan offers
     * @param refused those that the provider refused by themselves a moment ago
     */
    public record Newcomers(int max, Set<Access> refused) {
        /** All of them. */
        public static final Newcomers ALL = new Newcomers(Integer.MAX_VALUE, Set.of());
    }

    /** Returns a desired state without obstacles. */
    public static DesiredState of(ServiceName service, Optional<Attachment> attachment, Set<Access> wanted) {
        return new DesiredState(service, attachment, NOTHING, wanted, Set.of(), Newcomers.ALL);
    }
}
