package dev.postern.firewall;

import dev.postern.events.ServiceProtected.Attachment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A firewall object as the provider shows it.
 *
 * @param id         the provider's id of it
 * @param name       its name, which others may have changed
 * @param inbound    inbound rules that have the form of ours
 * @param strange    everything in it that we never write, in words: outbound rules, other protocols, sources that are no addresses, members that we
 *                   do not know; a part of the object that we do not understand is never silently kept
 * @param attachment what it is attached to
 * @param progress   whether it is in effect
 */
public record ShownFirewall(String id, String name, List<FirewallRule> inbound, List<String> strange, Attachment attachment, Progress progress) {
    /** Whether what is shown is in effect. */
    public enum Progress {
        /** All of it. */
        DONE,
        /** Changes are on their way to Droplets. */
        PENDING,
        /** The provider says that it failed. */
        FAILED
    }

    /** Copies the lists. */
    public ShownFirewall {
        inbound = List.copyOf(inbound);
        strange = List.copyOf(strange);
    }

    /** Whom it lets in. How they are spread over rules says nothing: a provider may merge what is equal. */
    public Set<Access> accesses() {
        Set<Access> accesses = new HashSet<>();
        for (FirewallRule rule : inbound) {
            rule.sources().forEach(source -> accesses.add(new Access(rule.door().protocol(), rule.door().ports(), source)));
        }
        return accesses;
    }

    /** The same object under the name that we gave it; another name is strange. */
    public ShownFirewall named(String given) {
        if (given.equals(name)) {
            return this;
        }
        List<String> more = new ArrayList<>(strange);
        more.add("the name " + name);
        return new ShownFirewall(id, given, inbound, more, attachment, progress);
    }

    /** The same object, where the provider tells no ports apart: whom it lets in reaches these. */
    public ShownFirewall behind(Access.Ports door) {
        return new ShownFirewall(id, name, inbound.stream().map(rule -> new FirewallRule(door, rule.sources())).toList(), strange, attachment, progress);
    }

    /** The same object, with the same rules as others hold them: what is one object is compared at a glance. */
    public ShownFirewall sharing(UnaryOperator<FirewallRule> rules) {
        return new ShownFirewall(id, name, inbound.stream().map(rules).toList(), strange, attachment, progress);
    }

    /** The same object, of which something was asked that nobody knows the end of: it has to be put again. */
    public ShownFirewall failed() {
        return progress == Progress.PENDING ? this : new ShownFirewall(id, name, inbound, strange, attachment, Progress.FAILED);
    }

    /** Whether it is attached to exactly these. */
    public boolean attachedTo(Attachment wanted) {
        return Set.copyOf(attachment.tags()).equals(Set.copyOf(wanted.tags())) && Set.copyOf(attachment.droplets()).equals(Set.copyOf(wanted.droplets()));
    }
}
