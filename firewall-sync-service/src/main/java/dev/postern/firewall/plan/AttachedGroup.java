// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.plan;

import dev.postern.events.ServiceProtected.Attachment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A part of a service's attachment, and the objects that stand for it. A provider attaches one object to so many tags and Droplets; a service with more
 * gets more objects, and each part allows every access.
 *
 * @param attachment the part; empty where the service is not, or is attached to nothing
 * @param own        objects of ours that are attached to it, or have to be
 */
public record AttachedGroup(Attachment attachment, List<ShownFirewall> own) {
    /** Copies the list. */
    public AttachedGroup {
        own = List.copyOf(own);
    }

    /** Returns true if accesses placed in its objects are effective: an object that is attached to nothing allows none. */
    public boolean reaches(ProviderLimits limits) {
        return limits.form() == ProviderLimits.Form.LIST || !attachment.tags().isEmpty() || !attachment.droplets().isEmpty();
    }

    /** The attachment without what the provider does not have. */
    public static Attachment without(Attachment attachment, Attachment missing) {
        return new Attachment(attachment.tags().stream().filter(tag -> !missing.tags().contains(tag)).toList(),
            attachment.droplets().stream().filter(droplet -> !missing.droplets().contains(droplet)).toList());
    }

    /** The parts as they are while the provider has everything that the attachment names. */
    public static List<AttachedGroup> of(Optional<Attachment> attachment, List<ShownFirewall> own, ProviderLimits limits) {
        return of(attachment, DesiredState.NOTHING, own, limits);
    }

    /**
     * Parts the attachment, and gives every object to one part: to the one that it is attached to, else to the one that it shares most with. What was
     * parted before is parted the same way again.
     *
     * @param attachment of the service; empty if it has, or is to have, nothing here
     * @param missing    what of it the provider does not have: no object is attached to it, and a part that has nothing else is attached to nothing
     * @param own        objects of ours as shown
     */
    public static List<AttachedGroup> of(Optional<Attachment> attachment, Attachment missing, List<ShownFirewall> own, ProviderLimits limits) {
        List<Attachment> parts = parts(attachment.orElse(DesiredState.NOTHING), limits);
        if (parts.size() == 1) {
            return List.of(new AttachedGroup(without(parts.get(0), missing), own));
        }
        Map<Integer, List<ShownFirewall>> byPart = new HashMap<>();
        for (ShownFirewall shown : own) {
            int best = 0;
            for (int at = 1; at < parts.size(); at++) {
                long more = shared(shown, parts.get(at)) - shared(shown, parts.get(best));
                boolean poorer = byPart.getOrDefault(at, List.of()).size() < byPart.getOrDefault(best, List.of()).size();
                best = more > 0 || more == 0 && poorer ? at : best;
            }
            byPart.computeIfAbsent(best, none -> new ArrayList<>()).add(shown);
        }
        List<AttachedGroup> groups = new ArrayList<>();
        for (int at = 0; at < parts.size(); at++) {
            groups.add(new AttachedGroup(without(parts.get(at), missing), byPart.getOrDefault(at, List.of())));
        }
        return groups;
    }

    private static List<Attachment> parts(Attachment attachment, ProviderLimits limits) {
        int tagsMax = limits.tagsPerFirewallMax();
        int dropletsMax = limits.dropletsPerFirewallMax();
        int tags = attachment.tags().size();
        int droplets = attachment.droplets().size();
        int count = Math.max(1, Math.max((tags + tagsMax - 1) / tagsMax, (droplets + dropletsMax - 1) / dropletsMax));
        List<String> sortedTags = attachment.tags().stream().sorted().toList();
        List<Long> sortedDroplets = attachment.droplets().stream().sorted().toList();
        List<Attachment> parts = new ArrayList<>();
        for (int at = 0; at < count; at++) {
            parts.add(new Attachment(sortedTags.subList(Math.min(tags, at * tagsMax), Math.min(tags, (at + 1) * tagsMax)),
                sortedDroplets.subList(Math.min(droplets, at * dropletsMax), Math.min(droplets, (at + 1) * dropletsMax))));
        }
        return parts;
    }

    private static long shared(ShownFirewall shown, Attachment part) {
        return shown.attachment().tags().stream().filter(part.tags()::contains).count()
            + shown.attachment().droplets().stream().filter(part.droplets()::contains).count();
    }
}
