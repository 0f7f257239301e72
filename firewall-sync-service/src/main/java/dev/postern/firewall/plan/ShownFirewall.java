// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.plan;

import dev.postern.events.ServiceProtected.Attachment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
 * @param nameAtProvider the name that the provider shows, where {@code name} is the one that we gave it
 * @param createdAt  when it was made, by the provider's clock; empty if it does not say
 */
public record ShownFirewall(String id, String name, List<FirewallRule> inbound, List<String> strange, Attachment attachment, Progress progress,
                            String nameAtProvider, Optional<Instant> createdAt) {
    /** Progress of a change at the provider. */
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

    /** An object under the name that it shows. */
    public ShownFirewall(String id, String name, List<FirewallRule> inbound, List<String> strange, Attachment attachment, Progress progress) {
        this(id, name, inbound, strange, attachment, progress, name, Optional.empty());
    }

    /** The same object, made at that time. */
    public ShownFirewall createdAt(Instant time) {
        return new ShownFirewall(id, name, inbound, strange, attachment, progress, nameAtProvider, Optional.of(time));
    }

    /** Returns true if it allows any access: a firewall that is attached to nothing does not, whatever its rules are. */
    public boolean reaches(ProviderLimits limits) {
        return limits.form() == ProviderLimits.Form.LIST || !attachment.tags().isEmpty() || !attachment.droplets().isEmpty();
    }

    /** Returns whether it is attached to all of these. */
    public boolean covers(Attachment wanted) {
        return attachment.tags().containsAll(wanted.tags()) && attachment.droplets().containsAll(wanted.droplets());
    }

    /** Returns a digest of the allowed addresses and the attachment; equal objects share it. */
    public String digest() {
        return new FirewallContent(name, inbound, attachment).digest();
    }

    /** Returns the allowed accesses. Their distribution over rules is irrelevant: a provider may merge equal rules. */
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
        return new ShownFirewall(id, given, inbound, more, attachment, progress, nameAtProvider, createdAt);
    }

    /** The same object, where the provider tells no ports apart: whom it lets in reaches these. */
    public ShownFirewall behind(Access.Ports door) {
        return new ShownFirewall(id, name, inbound.stream().map(rule -> new FirewallRule(door, rule.sources())).toList(), strange,
            attachment, progress, nameAtProvider, createdAt);
    }

    /** The same object, of which something was asked that nobody knows the end of: it has to be put again. */
    public ShownFirewall failed() {
        return progress == Progress.PENDING ? this : new ShownFirewall(id, name, inbound, strange, attachment, Progress.FAILED,
            nameAtProvider, createdAt);
    }

    /** Returns the object as it is once the provider carried out a change to this content. */
    public ShownFirewall changedTo(FirewallContent content) {
        return new ShownFirewall(id, name, content.inbound(), strange, content.attachment(), progress, nameAtProvider, createdAt);
    }

    /** The same object under the name that the provider shows: it is the object's name from now on. */
    public ShownFirewall keepingItsName() {
        return new ShownFirewall(id, nameAtProvider, inbound, strange.stream().filter(line -> !line.equals("the name " + nameAtProvider)).toList(), attachment,
            progress, nameAtProvider, createdAt);
    }

    /** Returns true if the object is attached to exactly these. */
    public boolean attachedTo(Attachment wanted) {
        return Set.copyOf(attachment.tags()).equals(Set.copyOf(wanted.tags())) && Set.copyOf(attachment.droplets()).equals(Set.copyOf(wanted.droplets()));
    }
}
