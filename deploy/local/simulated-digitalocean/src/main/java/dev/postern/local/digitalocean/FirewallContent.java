// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import java.util.List;

/**
 * Content of a firewall that a client sets: its full representation, as PUT takes it.
 *
 * @param name unique in the account
 * @param dropletIds Droplets it is attached to by id, at most 10
 * @param tags tags whose Droplets it is attached to, at most 5
 */
public record FirewallContent(String name, List<Rule> inboundRules, List<Rule> outboundRules, List<Long> dropletIds, List<String> tags) {

    public FirewallContent withInboundRules(List<Rule> rules) {
        return new FirewallContent(name, List.copyOf(rules), outboundRules, dropletIds, tags);
    }

    public FirewallContent withOutboundRules(List<Rule> rules) {
        return new FirewallContent(name, inboundRules, List.copyOf(rules), dropletIds, tags);
    }

    public FirewallContent withDropletIds(List<Long> ids) {
        return new FirewallContent(name, inboundRules, outboundRules, List.copyOf(ids), tags);
    }

    public FirewallContent withTags(List<String> names) {
        return new FirewallContent(name, inboundRules, outboundRules, dropletIds, List.copyOf(names));
    }

    /** Attached to nothing, with no rule: what a deleted firewall comes to. */
    FirewallContent gone() {
        return new FirewallContent(name, List.of(), List.of(), List.of(), List.of());
    }
}
