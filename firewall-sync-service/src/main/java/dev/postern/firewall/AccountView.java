// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall;

import dev.postern.firewall.plan.ShownFirewall;
import java.util.List;
import java.util.Set;

/**
 * Holds what the provider shows around the firewalls of one account.
 *
 * @param tags      every tag
 * @param droplets  every Droplet
 * @param firewalls every firewall, ours and the operator's
 */
public record AccountView(Set<String> tags, List<SeenDroplet> droplets, List<ShownFirewall> firewalls) {
    /** A Droplet as the provider shows it. */
    public record SeenDroplet(long id, String name, Set<String> tags) {
        /** Copies the set. */
        public SeenDroplet {
            tags = Set.copyOf(tags);
        }
    }

    /** Copies the collections. */
    public AccountView {
        tags = Set.copyOf(tags);
        droplets = List.copyOf(droplets);
        firewalls = List.copyOf(firewalls);
    }
}
