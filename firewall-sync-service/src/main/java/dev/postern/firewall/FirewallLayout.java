package dev.postern.firewall;

import dev.postern.events.ServiceName;
import dev.postern.events.ServiceProtected.Attachment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where each address stands: in which object, in which rule. It is made from what is wanted and what is shown, which costs as much as both are large;
 * after that a change costs what the change is large, not what stands there already. One thread at a time.
 */
public final class FirewallLayout {
    private final ServiceName service;
    private final ProviderLimits limits;
    private final boolean here;
    private final List<LayoutGroup> groups = new ArrayList<>();

    private FirewallLayout(ServiceName service, boolean here, ProviderLimits limits) {
        this.service = service;
        this.here = here;
        this.limits = limits;
    }

    /** Keeps what is shown and wanted where it stands, and places the rest; as {@link PlanFirewall#plan}. */
    public static FirewallLayout of(ServiceName service, Optional<Attachment> attachment, Set<Access> wanted, List<ShownFirewall> own,
                                    ProviderLimits limits) {
        FirewallLayout layout = new FirewallLayout(service, attachment.isPresent(), limits);
        for (AttachedGroup group : AttachedGroup.of(attachment, own, limits)) {
            LayoutGroup fresh = new LayoutGroup(group.attachment(), limits);
            group.own().forEach(shown -> fresh.keep(shown, wanted));
            wanted.stream().filter(access -> !fresh.has(access)).sorted().forEach(fresh::add);
            layout.groups.add(fresh);
        }
        return layout;
    }

    /** Some are wanted no longer, some are wanted now. */
    public void change(Collection<Access> ended, Collection<Access> begun) {
        for (LayoutGroup group : groups) {
            ended.forEach(group::remove);
            group.retryUnplaced();
            begun.stream().filter(access -> !group.has(access)).forEach(group::add);
        }
    }

    /** What has to be asked of the provider. @param namesTaken names of objects that are not ours */
    public FirewallPlan plan(Set<String> namesTaken) {
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
