package dev.postern.firewall;

import dev.postern.events.ServiceProtected.Attachment;
import java.util.List;

/**
 * The full representation of a firewall object of ours. Inbound rules only: what goes out is the base firewall's matter, and a rule of ours would widen it.
 *
 * @param name       its name
 * @param inbound    its rules, at least one
 * @param attachment what it is attached to
 */
public record FirewallContent(String name, List<FirewallRule> inbound, Attachment attachment) {
    /** Copies the list. */
    public FirewallContent {
        inbound = List.copyOf(inbound);
    }
}
