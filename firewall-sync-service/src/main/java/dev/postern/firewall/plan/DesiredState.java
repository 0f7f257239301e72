// SPDX-License-Identifier: Apache-2.0
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
 * @param names      the names of its objects
 * @param attachment the tags and Droplets that its objects are attached to; empty if the service has no objects here
 * @param wanted     accesses that grants need; the plan adds no others
 * @param held       unexplained accesses that the plan does not remove; it neither adds them nor moves them
 * @param newcomers  the most wanted accesses, not shown yet, that the plan may add now
 */
public record DesiredState(ServiceName service, ObjectNames names, Optional<Attachment> attachment, Set<Access> wanted, Set<Access> held,
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

    /** Returns a desired state with plain names, in which nothing is held and everything may be added. */
    public static DesiredState of(ServiceName service, Optional<Attachment> attachment, Set<Access> wanted) {
        return new DesiredState(service, ObjectNames.PLAIN, attachment, wanted, Set.of(), Newcomers.ALL);
    }
}
