// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A provider in a map: does what a plan says, refuses what a provider refuses. */
final class PureProvider {
    private final Map<String, ShownFirewall> byId = new LinkedHashMap<>();
    private final ProviderLimits limits;

    PureProvider(List<ShownFirewall> firewalls, ProviderLimits limits) {
        firewalls.forEach(firewall -> byId.put(firewall.id(), firewall));
        this.limits = limits;
    }

    PureProvider does(FirewallPlan plan) {
        for (FirewallPlan.Call call : plan.calls()) {
            if (call instanceof FirewallPlan.Create create) {
                put("id-of-" + create.name(), create.content());
            } else if (call instanceof FirewallPlan.Replace replace) {
                if (byId.remove(replace.id()) == null) {
                    throw new AssertionError("404 " + replace.id());
                }
                put(replace.id(), replace.content());
            } else if (call instanceof FirewallPlan.Detach detach) {
                if (byId.remove(detach.id()) == null) {
                    throw new AssertionError("404 " + detach.id());
                }
                put(detach.id(), detach.content());
            } else if (call instanceof FirewallPlan.Delete delete && byId.remove(delete.id()) == null) {
                throw new AssertionError("404 " + delete.id());
            }
        }
        return this;
    }

    private void put(String id, FirewallContent content) {
        if (byId.values().stream().anyMatch(other -> other.name().equals(content.name()))) {
            throw new AssertionError("409 duplicate name " + content.name());
        }
        if (content.inbound().isEmpty() || content.inbound().size() > limits.rulesPerFirewallMax()) {
            throw new AssertionError("422 " + content.inbound().size() + " rules");
        }
        for (FirewallRule rule : content.inbound()) {
            if (rule.sources().isEmpty() || rule.sources().size() > limits.addressesPerRuleMax()) {
                throw new AssertionError("422 " + rule.sources().size() + " sources");
            }
        }
        byId.put(id, new ShownFirewall(id, content.name(), content.inbound(), List.of(), content.attachment(), ShownFirewall.Progress.DONE));
    }

    List<ShownFirewall> firewalls() {
        return new ArrayList<>(byId.values());
    }
}
