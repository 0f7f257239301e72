// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.plan;

import dev.postern.events.ServiceProtected.Attachment;
import java.util.List;
import java.util.Set;

/**
 * The observed state of one service at one account: what the provider shows.
 *
 * @param own        objects of ours, under the names that we gave them; no others
 * @param namesTaken further names with which no object can be made
 * @param missing    tags and Droplets of the attachment that the provider does not have: no object is attached to them
 */
public record ObservedState(List<ShownFirewall> own, Set<String> namesTaken, Attachment missing) {
    /** Copies the list and the set. */
    public ObservedState {
        own = List.copyOf(own);
        namesTaken = Set.copyOf(namesTaken);
    }

    /** Returns an observed state in which the provider has every member of the attachment. */
    public static ObservedState of(List<ShownFirewall> own, Set<String> namesTaken) {
        return new ObservedState(own, namesTaken, DesiredState.NOTHING);
    }
}
