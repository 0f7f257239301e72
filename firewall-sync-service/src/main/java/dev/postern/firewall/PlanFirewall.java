package dev.postern.firewall;

import dev.postern.events.ServiceName;
import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.events.SourceAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * From what is wanted and what the provider shows to what has to be asked of it. An address stays in the rule in which it stands; a new one fills a gap
 * in a rule of its ports, else makes a rule, else an object. An address is in the plan once, however many grants need it. An object without rules can't
 * be, so it is taken away.
 */
public final class PlanFirewall {
    private final ServiceName service;
    private final Attachment attachment;
    private final ProviderLimits limits;
    private final Set<String> namesTaken;
    private final List<Draft> drafts = new ArrayList<>();

    private PlanFirewall(ServiceName service, Attachment attachment, Set<String> namesTaken, ProviderLimits limits) {
        this.service = service;
        this.attachment = attachment;
        this.limits = limits;
        this.namesTaken = new HashSet<>(namesTaken);
    }

    /**
     * Plans.
     *
     * @param attachment what the service's objects are to be attached to
     * @param wanted     who is to be let in
     * @param own        objects of ours, as shown, under the names that we gave them; no others
     * @param namesTaken names of objects that are not ours; no object is made with one of them
     */
    public static FirewallPlan plan(ServiceName service, Attachment attachment, Set<Access> wanted, List<ShownFirewall> own, Set<String> namesTaken,
                                    ProviderLimits limits) {
        return new PlanFirewall(service, attachment, namesTaken, limits).plan(wanted, own);
    }

    private FirewallPlan plan(Set<Access> wanted, List<ShownFirewall> own) {
        Set<Access> placed = new HashSet<>();
        for (ShownFirewall shown : own) {
            drafts.add(keep(shown, wanted, placed));
        }
        wanted.stream().filter(access -> !placed.contains(access)).sorted().forEach(this::place);
        return calls();
    }

    /** What of an object can stay: what is wanted, and not yet held by an earlier one. */
    private Draft keep(ShownFirewall shown, Set<Access> wanted, Set<Access> placed) {
        Draft draft = new Draft(shown);
        for (FirewallRule rule : shown.inbound()) {
            LinkedHashSet<SourceAddress> sources = new LinkedHashSet<>();
            for (SourceAddress source : rule.sources()) {
                Access access = new Access(rule.door().protocol(), rule.door().ports(), source);
                boolean fits = draft.rulesInAll + sources.size() / limits.addressesPerRuleMax() < limits.rulesPerFirewallMax();
                if (fits && wanted.contains(access) && placed.add(access)) {
                    sources.add(source);
                }
            }
            draft.addAll(rule.door(), sources);
        }
        return draft;
    }

    private void place(Access access) {
        for (Draft draft : drafts) {
            if (draft.fill(access)) {
                return;
            }
        }
        for (Draft draft : drafts) {
            if (draft.addRule(access)) {
                return;
            }
        }
        Draft fresh = new Draft(null);
        drafts.add(fresh);
        fresh.addRule(access);
    }

    private FirewallPlan calls() {
        List<FirewallPlan.Call> closing = new ArrayList<>();
        List<FirewallPlan.Call> opening = new ArrayList<>();
        drafts.stream().filter(draft -> draft.shown != null).forEach(draft -> namesTaken.add(draft.shown.name()));
        for (Draft draft : drafts) {
            if (draft.shown == null) {
                opening.add(new FirewallPlan.Create(draft.content(freeName())));
            } else if (draft.accesses.isEmpty()) {
                closing.add(new FirewallPlan.Delete(draft.shown.id(), draft.shown.name()));
            } else if (!draft.asShown()) {
                (draft.takesAway() ? closing : opening).add(new FirewallPlan.Replace(draft.shown.id(), draft.content(draft.shown.name())));
            }
        }
        boolean closes = !closing.isEmpty();
        closing.addAll(opening);
        return new FirewallPlan(closing, closes);
    }

    private String freeName() {
        String name = FirewallName.free(service, namesTaken).toString();
        namesTaken.add(name);
        return name;
    }

    /** An object as it is to be. */
    private final class Draft {
        private final ShownFirewall shown;
        private final Map<Access.Ports, List<LinkedHashSet<SourceAddress>>> rules = new LinkedHashMap<>();
        private final Set<Access> accesses = new HashSet<>();
        private int rulesInAll;

        Draft(ShownFirewall shown) {
            this.shown = shown;
        }

        void add(Access.Ports door, LinkedHashSet<SourceAddress> sources) {
            if (!sources.isEmpty()) {
                rules.computeIfAbsent(door, none -> new ArrayList<>()).add(sources);
                sources.forEach(source -> accesses.add(new Access(door.protocol(), door.ports(), source)));
                rulesInAll++;
            }
        }

        /** A provider may show equal rules as one, longer than it takes: that is several rules of ours. */
        void addAll(Access.Ports door, LinkedHashSet<SourceAddress> sources) {
            LinkedHashSet<SourceAddress> part = new LinkedHashSet<>();
            for (SourceAddress source : sources) {
                if (part.size() == limits.addressesPerRuleMax()) {
                    add(door, part);
                    part = new LinkedHashSet<>();
                }
                part.add(source);
            }
            add(door, part);
        }

        boolean fill(Access access) {
            for (LinkedHashSet<SourceAddress> sources : rules.getOrDefault(access.door(), List.of())) {
                if (sources.size() < limits.addressesPerRuleMax()) {
                    sources.add(access.source());
                    accesses.add(access);
                    return true;
                }
            }
            return false;
        }

        boolean addRule(Access access) {
            if (rulesInAll >= limits.rulesPerFirewallMax()) {
                pack();
            }
            if (rulesInAll >= limits.rulesPerFirewallMax()) {
                return false;
            }
            LinkedHashSet<SourceAddress> sources = new LinkedHashSet<>();
            sources.add(access.source());
            add(access.door(), sources);
            return true;
        }

        /** Joins rules of the same ports that ends of grants have thinned out. */
        private void pack() {
            rulesInAll = 0;
            for (Map.Entry<Access.Ports, List<LinkedHashSet<SourceAddress>>> entry : rules.entrySet()) {
                List<LinkedHashSet<SourceAddress>> packed = new ArrayList<>();
                LinkedHashSet<SourceAddress> last = new LinkedHashSet<>();
                packed.add(last);
                for (LinkedHashSet<SourceAddress> sources : entry.getValue()) {
                    for (SourceAddress source : sources) {
                        if (last.size() == limits.addressesPerRuleMax()) {
                            last = new LinkedHashSet<>();
                            packed.add(last);
                        }
                        last.add(source);
                    }
                }
                entry.setValue(packed);
                rulesInAll += packed.size();
            }
        }

        boolean asShown() {
            return shown.progress() != ShownFirewall.Progress.FAILED && shown.strange().isEmpty() && shown.attachedTo(attachment)
                && shown.accesses().equals(accesses);
        }

        boolean takesAway() {
            return !shown.strange().isEmpty() || !accesses.containsAll(shown.accesses());
        }

        FirewallContent content(String contentName) {
            List<FirewallRule> inbound = new ArrayList<>();
            rules.forEach((door, lists) -> lists.forEach(sources -> inbound.add(new FirewallRule(door, List.copyOf(sources)))));
            return new FirewallContent(contentName, inbound, attachment);
        }
    }
}
