// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import dev.postern.local.simulated.AddressRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Computes from the firewalls in effect, not from those that the API shows, which packets pass. */
public final class Reachability {
    private Reachability() {
    }

    /**
     * The answer.
     *
     * @param sinceMicros since when it is so, in microseconds since the epoch; null where nothing that the simulation remembers made it so
     * @param because why
     * @param firewalls ids of the firewalls in effect on the Droplet or tag
     */
    public record Verdict(boolean reachable, Long sinceMicros, Because because, List<String> firewalls) {
    }

    /** Reason of a verdict. */
    public enum Because {
        /** No firewall is attached: the cloud then lets everything in. */
        NO_FIREWALL,
        /** A rule allows it. */
        ALLOWED,
        /** A rule denies it, which wins over every rule that allows it. */
        DENIED,
        /** No rule allows it. */
        NOT_ALLOWED
    }

    /** A packet: from an address, by a protocol, to a port. */
    record Packet(String protocol, int port, AddressRange source) {
    }

    static Verdict ofDroplet(CloudAccount account, Droplet droplet, Packet question, long nowMicros) {
        List<Attached> attached = new ArrayList<>();
        for (Firewall firewall : account.firewallsInEffect(nowMicros)) {
            Long since = firewall.attachedSince("droplet:" + droplet.id());
            for (String tag : droplet.tags()) {
                Long byTag = firewall.attachedSince("tag:" + tag);
                if (byTag != null && droplet.taggedSince(tag) <= nowMicros) {
                    long both = Math.max(byTag, droplet.taggedSince(tag));
                    since = since == null ? both : Math.min(since, both);
                }
            }
            if (since != null) {
                attached.add(new Attached(firewall, since));
            }
        }
        return verdict(account, attached, question);
    }

    static Verdict ofTag(CloudAccount account, String tag, Packet question, long nowMicros) {
        List<Attached> attached = new ArrayList<>();
        for (Firewall firewall : account.firewallsInEffect(nowMicros)) {
            Long since = firewall.attachedSince("tag:" + tag);
            if (since != null) {
                attached.add(new Attached(firewall, since));
            }
        }
        return verdict(account, attached, question);
    }

    private static Verdict verdict(CloudAccount account, List<Attached> attached, Packet question) {
        List<String> ids = attached.stream().map(each -> each.firewall().id()).toList();
        if (attached.isEmpty()) {
            return new Verdict(true, null, Because.NO_FIREWALL, ids);
        }
        Long allowed = null;
        Long denied = null;
        Long closed = null;
        Long denialEnded = null;
        for (Attached each : attached) {
            for (Map.Entry<RuleSource, Firewall.Held> entry : each.firewall().held()) {
                if (covers(account, entry.getKey(), entry.getValue(), question)) {
                    long since = Math.max(entry.getValue().sinceMicros(), each.sinceMicros());
                    if (entry.getKey().action().equals("deny")) {
                        denied = denied == null ? since : Math.min(denied, since);
                    } else {
                        allowed = allowed == null ? since : Math.min(allowed, since);
                    }
                }
            }
            for (Map.Entry<RuleSource, Firewall.Held> entry : each.firewall().closed()) {
                if (covers(account, entry.getKey(), entry.getValue(), question)) {
                    if (entry.getKey().action().equals("deny")) {
                        denialEnded = later(denialEnded, entry.getValue().sinceMicros());
                    } else {
                        closed = later(closed, entry.getValue().sinceMicros());
                    }
                }
            }
        }
        if (denied != null) {
            return new Verdict(false, denied, Because.DENIED, ids);
        }
        return allowed == null ? new Verdict(false, closed, Because.NOT_ALLOWED, ids) : new Verdict(true, later(denialEnded, allowed), Because.ALLOWED, ids);
    }

    private static Long later(Long one, long other) {
        return one == null ? other : Math.max(one, other);
    }

    private static boolean covers(CloudAccount account, RuleSource opening, Firewall.Held held, Packet question) {
        if (!opening.protocol().equals(question.protocol()) || !held.ports().contains(question.port())) {
            return false;
        }
        return switch (opening.kind()) {
            case ADDRESS -> held.range().contains(question.source());
            case DROPLET -> isOf(account.droplets.get(Long.parseLong(opening.source())), question.source());
            case TAG -> account.droplets.values().stream().anyMatch(droplet -> droplet.tags().contains(opening.source()) && isOf(droplet, question.source()));
        };
    }

    private static boolean isOf(Droplet droplet, AddressRange source) {
        return droplet != null && (AddressRange.parse(droplet.publicIpv4()).contains(source) || AddressRange.parse(droplet.privateIpv4()).contains(source));
    }

    private record Attached(Firewall firewall, long sinceMicros) {
    }
}
