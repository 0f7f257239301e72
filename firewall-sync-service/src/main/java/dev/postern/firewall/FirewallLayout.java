package dev.postern.firewall;

import dev.postern.events.ServiceName;
import dev.postern.events.ServiceProtected.Attachment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Where each address stands: in which object, in which rule. Making it costs as much as what is wanted and shown is large; changing it, and planning then,
 * costs what the change is large. So it can be kept for the next plan: it remembers a computation, not the world, and is proved by everything that was
 * read again before anything of it is used. One thread at a time.
 */
public final class FirewallLayout {
    private final ServiceName service;
    private final ProviderLimits limits;
    private final List<LayoutGroup> groups = new ArrayList<>();
    private Optional<Wanted> made = Optional.empty();
    private boolean here;

    /** One that has yet to be made. */
    public FirewallLayout(ServiceName service, ProviderLimits limits) {
        this.service = service;
        this.limits = limits;
    }

    /** How many places it has: who is wanted has one in each part of the attachment, or waits for one. */
    public int size() {
        return groups.stream().mapToInt(LayoutGroup::size).sum();
    }

    /** The reading that it was made for: one that was made after it says what to change. */
    public Wanted madeFor() {
        return made.orElse(Wanted.NOBODY);
    }

    /**
     * What is wanted otherwise than before.
     *
     * @param ended wanted no longer
     * @param begun wanted now
     */
    record Change(List<Access> ended, List<Access> begun) {
        static final Change NOTHING = new Change(List.of(), List.of());

        /** In an order of its own, so that whoever finds it out leads to the same layout. */
        static Change of(Stream<Access> ended, Stream<Access> begun) {
            return new Change(ended.sorted().toList(), begun.sorted().toList());
        }
    }

    /** Makes it the layout of what is shown and wanted now: by what has changed if it can, else anew. */
    void bringTo(Optional<Attachment> attachment, Wanted wanted, List<ShownFirewall> own) {
        changeTo(attachment, wanted, own).ifPresentOrElse(this::change, () -> makeAnew(attachment, wanted.accesses(), own));
        made = Optional.of(wanted);
    }

    /**
     * Goes on from what is shown now, and finds what makes it the layout of what is wanted now. Empty if nothing does, so that it has to be made anew: others
     * changed an object, objects came or went, the attachment is parted otherwise, or somebody who was to go and is still shown is wanted again. What is
     * wanted otherwise is known if it was read after what the layout was made for; else all of it is compared.
     */
    Optional<Change> changeTo(Optional<Attachment> attachment, Wanted wanted, List<ShownFirewall> own) {
        List<AttachedGroup> parts = AttachedGroup.of(attachment, own, limits);
        here = attachment.isPresent();
        if (parts.size() != groups.size() || !IntStream.range(0, parts.size()).allMatch(at -> groups.get(at).resume(parts.get(at)))) {
            return Optional.empty();
        }
        Change change = made.flatMap(wanted::since).orElseGet(() -> groups.get(0).changeTo(wanted.accesses())); // each part lets in everybody
        return change.begun().stream().anyMatch(access -> groups.stream().anyMatch(group -> group.takesAway(access))) ? Optional.empty() : Optional.of(change);
    }

    void change(Change change) {
        made = Optional.empty(); // until somebody knows for what it is
        for (LayoutGroup group : groups) {
            change.ended().forEach(group::remove);
            group.retryUnplaced();
            change.begun().forEach(group::add);
        }
    }

    /** Keeps what is shown and wanted where it stands, and places the rest. */
    private void makeAnew(Optional<Attachment> attachment, Set<Access> wanted, List<ShownFirewall> own) {
        made = Optional.empty();
        here = attachment.isPresent();
        groups.clear();
        for (AttachedGroup part : AttachedGroup.of(attachment, own, limits)) {
            LayoutGroup group = new LayoutGroup(part.attachment(), limits);
            part.own().forEach(shown -> group.keep(shown, wanted));
            group.changeTo(wanted).begun().forEach(group::add);
            groups.add(group);
        }
    }

    /** What has to be asked of the provider. @param namesTaken names of objects that are not ours */
    FirewallPlan plan(Set<String> namesTaken) {
        Set<String> taken = new HashSet<>(namesTaken);
        groups.forEach(group -> group.objects().forEach(object -> object.shown().ifPresent(shown -> taken.add(shown.name()))));
        List<FirewallPlan.Call> closing = new ArrayList<>();
        List<FirewallPlan.Call> opening = new ArrayList<>();
        Set<Access> unplaced = new HashSet<>();
        for (LayoutGroup group : groups) {
            unplaced.addAll(group.unplaced());
            boolean stands = here && limits.standsEmpty();
            for (LayoutObject object : group.objects()) {
                calls(object, stands, group.attachment(), taken, closing, opening, unplaced);
            }
            if (stands && group.objects().isEmpty()) {
                limits.freeName(service, taken).ifPresent(name -> opening.add(new FirewallPlan.Create(new FirewallContent(name, List.of(),
                    group.attachment()))));
            }
        }
        boolean closes = !closing.isEmpty();
        closing.addAll(opening);
        return new FirewallPlan(closing, closes, unplaced);
    }

    private void calls(LayoutObject object, boolean stands, Attachment attachment, Set<String> taken, List<FirewallPlan.Call> closing,
                       List<FirewallPlan.Call> opening, Set<Access> unplaced) {
        if (object.shown().isEmpty()) {
            if (object.isEmpty()) {
                return;
            }
            Optional<String> name = limits.freeName(service, taken);
            if (name.isEmpty()) {
                unplaced.addAll(object.accesses());
                return;
            }
            taken.add(name.get());
            opening.add(new FirewallPlan.Create(object.content(name.get(), attachment)));
            return;
        }
        ShownFirewall shown = object.shown().get();
        boolean emptiedFirst = limits.standsEmpty() && object.takesAway(); // a list that a rule refers to can't be taken away, but lets nobody in
        if (object.isEmpty() && !stands && !emptiedFirst) {
            closing.add(new FirewallPlan.Delete(shown.id(), shown.name()));
        } else if (!object.asShown(attachment)) {
            (object.takesAway() ? closing : opening).add(new FirewallPlan.Replace(shown.id(), object.content(shown.name(), attachment)));
        }
    }
}
