// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.plan;

import dev.postern.events.SourceAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A rule as it is to be. */
final class LayoutRule {
    private final LayoutObject object;
    private final Access.Ports door;
    private final Set<SourceAddress> sources = new LinkedHashSet<>();

    LayoutRule(LayoutObject object, Access.Ports door) {
        this.object = object;
        this.door = door;
    }

    LayoutObject object() {
        return object;
    }

    Access.Ports door() {
        return door;
    }

    Set<SourceAddress> sources() {
        return sources;
    }

    int size() {
        return sources.size();
    }

    void add(SourceAddress source) {
        sources.add(source);
    }

    FirewallRule made() {
        return new FirewallRule(door, List.copyOf(sources));
    }
}
