package dev.postern.firewall;

import dev.postern.events.SourceAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A rule as it is to be. What is made of it is kept until it changes, so that a large object of which one rule changes costs that rule. */
final class LayoutRule {
    private final LayoutObject object;
    private final Access.Ports door;
    private final Set<SourceAddress> sources = new LinkedHashSet<>();
    private FirewallRule made;

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
        made = null;
    }

    void remove(SourceAddress source) {
        sources.remove(source);
        made = null;
    }

    /**
     * Whether the rule lets in whom it is to, in whatever order the provider shows them. If so, it is from then on made as it is shown: while a reader gives
     * the same rule again, a glance is enough.
     */
    boolean shownAs(FirewallRule now) {
        if (now == made) {
            return true;
        }
        boolean same = now.sources().size() == size() && now.door().equals(door)
            && (now.sources().equals(made().sources()) || Set.copyOf(now.sources()).equals(sources));
        made = same ? now : made;
        return same;
    }

    FirewallRule made() {
        if (made == null) {
            made = new FirewallRule(door, List.copyOf(sources));
        }
        return made;
    }
}
