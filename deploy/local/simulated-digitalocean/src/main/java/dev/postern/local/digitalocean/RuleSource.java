// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import java.util.function.Consumer;

/** One source of one inbound rule: the unit of which it can be said since when it is in effect. */
record RuleSource(String protocol, String ports, String action, Kind kind, String source) {

    /** The kind of source. Load balancers and Kubernetes clusters are kept, but no address is known to be theirs. */
    enum Kind { ADDRESS, DROPLET, TAG }

    static void of(Rule rule, Consumer<RuleSource> each) {
        rule.targets().addresses().forEach(address -> each.accept(new RuleSource(rule.protocol(), rule.ports(), rule.action(), Kind.ADDRESS, address)));
        rule.targets().dropletIds().forEach(id -> each.accept(new RuleSource(rule.protocol(), rule.ports(), rule.action(), Kind.DROPLET, id.toString())));
        rule.targets().tags().forEach(tag -> each.accept(new RuleSource(rule.protocol(), rule.ports(), rule.action(), Kind.TAG, tag)));
    }
}
