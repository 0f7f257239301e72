// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.AddressRange;
import dev.postern.local.simulated.Mishap;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One firewall: what the API shows of it at once, and what is in effect, which follows later. There is no timer: whoever
 * looks calls {@link #settle(long)} first, and every change takes effect at the instant that was set when it was made.
 */
final class Firewall {
    private static final int CLOSED_KEPT_MAX = 100_000;

    private final String id;
    private final long createdMicros;
    private final List<Change> pending = new ArrayList<>();
    private FirewallContent shown;
    private FirewallContent applied;
    private final Map<RuleSource, Held> held = new LinkedHashMap<>();
    private final Map<RuleSource, Held> closed = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<RuleSource, Held> eldest) {
            return size() > CLOSED_KEPT_MAX;
        }
    };
    private final Map<String, Long> attachedSince = new LinkedHashMap<>();

    Firewall(String id, long createdMicros, FirewallContent content, List<Long> droplets, long effectiveAtMicros, Mishap mishap) {
        this.id = id;
        this.createdMicros = createdMicros;
        this.applied = content.gone();
        change(content, droplets, List.of(), effectiveAtMicros, mishap);
    }

    /**
     * @param droplets those whose policy is updated
     * @param leaving those that it no longer protects
     */
    void change(FirewallContent next, List<Long> droplets, List<Long> leaving, long effectiveAtMicros, Mishap mishap) {
        List<PendingChange> changes = new ArrayList<>();
        droplets.forEach(droplet -> changes.add(new PendingChange(droplet, false)));
        leaving.forEach(droplet -> changes.add(new PendingChange(droplet, true)));
        long notBefore = pending.stream().filter(change -> change.heldBy() == null).mapToLong(Change::effectiveAtMicros).max().orElse(effectiveAtMicros);
        long due = Math.max(effectiveAtMicros, notBefore);
        pending.add(new Change(mishap.heldBy() == null ? due : Math.max(due, mishap.heldUntilMicros()), next, changes, mishap.failedBy(), mishap.heldBy()));
        shown = next;
    }

    /** Brings into effect what is due. A change that comes into effect does away with those before it that failed or are held. */
    void settle(long nowMicros) {
        int last = -1;
        for (int at = 0; at < pending.size(); at++) {
            if (pending.get(at).works(nowMicros)) {
                last = at;
            }
        }
        for (int at = 0; at <= last; at++) {
            Change change = pending.get(at);
            boolean overtaken = pending.subList(at + 1, last + 1).stream()
                .anyMatch(later -> later.works(nowMicros) && later.effectiveAtMicros() < change.effectiveAtMicros());
            if (change.works(nowMicros) && !overtaken) {
                apply(change.content(), change.effectiveAtMicros());
            }
        }
        pending.subList(0, last + 1).clear();
    }

    /** Changes that only these faults held or made fail come into effect now. */
    void released(Set<String> faultIds, long nowMicros) {
        settle(nowMicros);
        pending.replaceAll(change -> change.released(faultIds, nowMicros));
    }

    private void apply(FirewallContent next, long at) {
        if (!next.inboundRules().equals(applied.inboundRules())) {
            Set<RuleSource> wanted = new HashSet<>();
            for (Rule rule : next.inboundRules()) {
                RuleSource.of(rule, opening -> {
                    wanted.add(opening);
                    held.computeIfAbsent(opening, fresh -> Held.since(fresh, at));
                });
            }
            held.entrySet().removeIf(entry -> {
                boolean gone = !wanted.contains(entry.getKey());
                if (gone) {
                    closed.put(entry.getKey(), Held.since(entry.getKey(), at));
                }
                return gone;
            });
            wanted.forEach(closed::remove);
        }
        Set<String> attachments = attachments(next);
        attachedSince.keySet().retainAll(attachments);
        attachments.forEach(attachment -> attachedSince.putIfAbsent(attachment, at));
        applied = next;
    }

    private static Set<String> attachments(FirewallContent content) {
        Set<String> all = new HashSet<>();
        content.dropletIds().forEach(droplet -> all.add("droplet:" + droplet));
        content.tags().forEach(tag -> all.add("tag:" + tag));
        return all;
    }

    String id() {
        return id;
    }

    FirewallContent shown() {
        return shown;
    }

    FirewallContent applied() {
        return applied;
    }

    /** Microseconds since the epoch; null where the attachment ({@code droplet:<id>}, {@code tag:<name>}) is not in effect. */
    Long attachedSince(String attachment) {
        return attachedSince.get(attachment);
    }

    /** Inbound openings in effect. */
    Iterable<Map.Entry<RuleSource, Held>> held() {
        return held.entrySet();
    }

    /** Inbound openings that were in effect once, with the instant when they ended. */
    Iterable<Map.Entry<RuleSource, Held>> closed() {
        return closed.entrySet();
    }

    String status(long nowMicros) {
        if (pending.isEmpty()) {
            return "succeeded";
        }
        Change last = pending.get(pending.size() - 1);
        return last.failedBy() != null && last.effectiveAtMicros() <= nowMicros ? "failed" : "waiting";
    }

    ObjectNode json(long nowMicros) {
        settle(nowMicros);
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        String status = status(nowMicros);
        node.put("id", id).put("name", shown.name()).put("status", status).put("created_at", Times.iso(createdMicros));
        ArrayNode changes = node.putArray("pending_changes");
        Set<PendingChange> once = new HashSet<>();
        for (Change change : pending) {
            for (PendingChange droplet : change.droplets()) {
                if (once.add(droplet)) {
                    changes.addObject().put("droplet_id", droplet.dropletId()).put("removing", droplet.removing()).put("status", status);
                }
            }
        }
        ArrayNode inbound = node.putArray("inbound_rules");
        shown.inboundRules().forEach(rule -> inbound.add(rule.json("sources")));
        ArrayNode outbound = node.putArray("outbound_rules");
        shown.outboundRules().forEach(rule -> outbound.add(rule.json("destinations")));
        ArrayNode droplets = node.putArray("droplet_ids");
        shown.dropletIds().forEach(droplets::add);
        ArrayNode tags = node.putArray("tags");
        shown.tags().forEach(tags::add);
        return node;
    }

    /** Failed and held by the faults of these ids, or null. */
    private record Change(long effectiveAtMicros, FirewallContent content, List<PendingChange> droplets, String failedBy, String heldBy) {

        boolean works(long nowMicros) {
            return failedBy == null && effectiveAtMicros <= nowMicros;
        }

        Change released(Set<String> faultIds, long nowMicros) {
            boolean held = heldBy != null && faultIds.contains(heldBy);
            boolean failed = failedBy != null && faultIds.contains(failedBy);
            return held || failed ? new Change(held ? nowMicros : Math.max(nowMicros, effectiveAtMicros), content, droplets, failed ? null : failedBy,
                held ? null : heldBy) : this;
        }
    }

    private record PendingChange(long dropletId, boolean removing) {
    }

    /** Since when an opening is held (or closed), with its texts read once. */
    record Held(long sinceMicros, PortRange ports, AddressRange range) {
        static Held since(RuleSource opening, long micros) {
            return new Held(micros, PortRange.parse(opening.ports()), opening.kind() == RuleSource.Kind.ADDRESS ? AddressRange.parse(opening.source()) : null);
        }
    }
}
