// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall;

import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.firewall.plan.ObjectNames;
import dev.postern.firewall.plan.ShownFirewall;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Describes how the provider shows a service's attachment: what it does not know, and which Droplets have no firewall but Postern's. DigitalOcean's
 * firewalls "block all traffic that isn't expressly permitted by a rule" (docs.digitalocean.com, "How to Configure Firewall Rules"), and a Droplet
 * without any firewall accepts all traffic: so such a Droplet changes from open to shut with the first opening, and back with the last closing.
 *
 * @param unknownTags     tags of the attachment that do not exist
 * @param unknownDroplets Droplets of the attachment that do not exist
 * @param withoutWall     Droplets that no firewall of the operator's own protects
 * @param denying         names of other firewalls on the same Droplets with a deny rule: deny wins over every opening
 * @param reached         Droplets that the attachment reaches, by tag or by id
 */
public record AttachmentReport(List<String> unknownTags, List<Long> unknownDroplets, List<AccountView.SeenDroplet> withoutWall, List<String> denying,
                               Set<Long> reached) {
    /** Nothing to report: everything is known, every Droplet has a base firewall, or the provider has none of these. */
    public static final AttachmentReport NOTHING = new AttachmentReport(List.of(), List.of(), List.of(), List.of(), Set.of());
    /** The rule of a Droplet that no firewall of the operator's own protects. */
    public static final String WALL_MISSING = "wall-missing";
    private static final int NAMED_MAX = 5;

    /** Copies the collections. */
    public AttachmentReport {
        unknownTags = List.copyOf(unknownTags);
        unknownDroplets = List.copyOf(unknownDroplets);
        withoutWall = List.copyOf(withoutWall);
        denying = List.copyOf(denying);
        reached = Set.copyOf(reached);
    }

    /** Compares an attachment with what the provider shows around it. */
    public static AttachmentReport of(Attachment attachment, AccountView view) {
        Set<Long> walledDroplets = new HashSet<>();
        Set<String> walledTags = new HashSet<>();
        view.firewalls().stream().filter(firewall -> !ObjectNames.PLAIN.likeOurs(firewall.name())).forEach(firewall -> {
            walledDroplets.addAll(firewall.attachment().droplets());
            walledTags.addAll(firewall.attachment().tags());
        });
        Set<Long> known = new HashSet<>();
        Set<Long> reached = new HashSet<>();
        Set<String> reachedTags = new HashSet<>(attachment.tags());
        List<AccountView.SeenDroplet> withoutWall = new ArrayList<>();
        for (AccountView.SeenDroplet droplet : view.droplets()) {
            known.add(droplet.id());
            boolean attached = attachment.droplets().contains(droplet.id()) || attachment.tags().stream().anyMatch(droplet.tags()::contains);
            boolean walled = walledDroplets.contains(droplet.id()) || droplet.tags().stream().anyMatch(walledTags::contains);
            if (attached) {
                reached.add(droplet.id());
                reachedTags.addAll(droplet.tags());
            }
            if (attached && !walled) {
                withoutWall.add(droplet);
            }
        }
        return new AttachmentReport(attachment.tags().stream().filter(tag -> !view.tags().contains(tag)).toList(),
            attachment.droplets().stream().filter(id -> !known.contains(id)).toList(), withoutWall,
            view.firewalls().stream().filter(firewall -> denies(firewall) && (firewall.attachment().droplets().stream().anyMatch(reached::contains)
                || firewall.attachment().tags().stream().anyMatch(reachedTags::contains))).map(ShownFirewall::name).toList(),
            reached);
    }

    private static boolean denies(ShownFirewall firewall) {
        return !ObjectNames.PLAIN.likeOurs(firewall.name()) && firewall.strange().stream().anyMatch(what -> what.endsWith("with action deny"));
    }

    /**
     * One thing that an operator should know.
     *
     * @param rule    {@code tag-unknown}, {@code droplet-unknown}, {@code wall-missing} or {@code denied-elsewhere}
     * @param pointer JSON pointer into the service as it is answered (tags and Droplets in order)
     * @param message what follows from it, and what to do
     */
    public record Warning(String rule, String pointer, String message) {}

    /** Returns a warning for each finding, in the order of the attachment. */
    public List<Warning> warnings(Attachment attachment) {
        List<Warning> warnings = new ArrayList<>();
        unknownTags.forEach(tag -> warnings.add(new Warning("tag-unknown", "/attachment/tags/" + attachment.tags().indexOf(tag),
            "the account has no tag " + tag + "; nothing opens through it until a Droplet carries it")));
        unknownDroplets.forEach(id -> warnings.add(new Warning("droplet-unknown", "/attachment/droplets/" + attachment.droplets().indexOf(id),
            "the account has no Droplet " + id + "; take it out of the attachment, or nothing opens there")));
        if (!withoutWall.isEmpty()) {
            warnings.add(new Warning(WALL_MISSING, "/attachment", wall()));
        }
        denying.forEach(name -> warnings.add(new Warning("denied-elsewhere", "/attachment", "firewall " + name + " has a deny rule for the same Droplets, "
            + "and deny wins: an address that it denies stays out although its opening is shown as open")));
        return warnings;
    }

    private String wall() {
        String names = String.join(", ", withoutWall.stream().limit(NAMED_MAX).map(droplet -> droplet.id() + " (" + droplet.name() + ")").toList());
        String more = withoutWall.size() > NAMED_MAX ? " and " + (withoutWall.size() - NAMED_MAX) + " more" : "";
        return "no firewall of your own protects Droplet " + names + more + ": a Droplet without a firewall accepts all traffic, so the first opening "
            + "blocks every other port, SSH included, and the last closing lets everybody in again; attach a base firewall of your own";
    }
}
