// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.plan;

import dev.postern.events.SourceAddress;
import java.util.List;

/**
 * An inbound rule as we write it: some sources reach some ports.
 *
 * @param door    protocol and ports
 * @param sources addresses and blocks, each once
 */
public record FirewallRule(Access.Ports door, List<SourceAddress> sources) {
    /** Copies the list. */
    public FirewallRule {
        sources = List.copyOf(sources);
    }
}
