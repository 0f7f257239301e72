// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall;

import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.ServiceName;
import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.events.ServiceProtected.ServicePort;
import dev.postern.events.ServiceProtected.SourceRules;
import dev.postern.events.SourceAddress;
import dev.postern.firewall.plan.Access;
import dev.postern.firewall.plan.DesiredState;
import dev.postern.firewall.plan.FirewallPlan;
import dev.postern.firewall.plan.FirewallRule;
import dev.postern.firewall.plan.ObservedState;
import dev.postern.firewall.plan.PlanFirewall;
import dev.postern.firewall.plan.ProviderLimits;
import dev.postern.firewall.plan.ServiceContent;
import dev.postern.firewall.plan.ShownFirewall;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** Values that tests share. */
public final class Examples {
    public static final ServiceName SHOP = new ServiceName("shop-db");
    public static final AccountName ACME = new AccountName("acme");
    public static final Attachment TAGGED = new Attachment(List.of("shop-db"), List.of());
    public static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    public static final Instant LATER = NOW.plusSeconds(3_600);

    private Examples() {}

    public static Access tcp(int port, String source) {
        return new Access(Protocol.TCP, PortRange.of(Integer.toString(port)), new SourceAddress(source));
    }

    public static Set<Access> open(int port, String... sources) {
        Set<Access> accesses = new TreeSet<>();
        Arrays.stream(sources).forEach(source -> accesses.add(tcp(port, source)));
        return accesses;
    }

    public static Opening.Granted granted(Access access) {
        return granted(access, LATER);
    }

    public static Opening.Granted granted(Access access, Instant validUntil) {
        return new Opening.Granted(new AccessRequestId(UUID.nameUUIDFromBytes(("" + access + validUntil).getBytes())), SHOP, access, NOW, validUntil);
    }

    public static ServiceContent content(String... ports) {
        return new ServiceContent(ACME, Optional.empty(), TAGGED,
            Arrays.stream(ports).map(port -> new ServicePort(Protocol.TCP, PortRange.of(port))).toList(), SourceRules.DEFAULT);
    }

    /** The plan for the shop. */
    public static FirewallPlan plan(ProviderLimits limits, Set<Access> wanted, List<ShownFirewall> own, Set<String> namesTaken) {
        return PlanFirewall.plan(desired(wanted), ObservedState.of(own, namesTaken), limits);
    }

    public static DesiredState desired(Set<Access> wanted) {
        return DesiredState.of(SHOP, Optional.of(TAGGED), wanted);
    }

    /** An object as DigitalOcean shows it after it was put: one rule per port. */
    public static ShownFirewall shown(String id, String name, Set<Access> accesses) {
        TreeMap<Access.Ports, List<SourceAddress>> rules = new TreeMap<>();
        accesses.forEach(access -> rules.computeIfAbsent(access.door(), none -> new ArrayList<>()).add(access.source()));
        return new ShownFirewall(id, name, rules.entrySet().stream().map(rule -> new FirewallRule(rule.getKey(), rule.getValue())).toList(), List.of(), TAGGED,
            ShownFirewall.Progress.DONE);
    }

    public static ShownFirewall strange(ShownFirewall shown, String... strange) {
        return new ShownFirewall(shown.id(), shown.name(), shown.inbound(), List.of(strange), shown.attachment(), shown.progress());
    }

    public static ShownFirewall attached(ShownFirewall shown, Attachment attachment) {
        return new ShownFirewall(shown.id(), shown.name(), shown.inbound(), shown.strange(), attachment, shown.progress());
    }
}
