// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.plan;

import dev.postern.events.AccountName;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.events.ServiceProtected.ServicePort;
import dev.postern.events.ServiceProtected.SourceRules;
import dev.postern.events.SourceAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The operator's description of a protected service. Lists are sorted and free of duplicates: equal contents are equal however they were written.
 *
 * @param account     the cloud account that it belongs to
 * @param project     its project, in the company's words
 * @param attachment  what its firewall objects are attached to: at most 50 tags and 100 Droplets; none where the provider holds a list
 * @param ports       what can be opened: 1 to 20
 * @param sourceRules who can be let in
 */
public record ServiceContent(AccountName account, Optional<String> project, Attachment attachment, List<ServicePort> ports, SourceRules sourceRules) {
    /** The most ports or ranges of ports. */
    public static final int PORTS_MAX = 20;
    /** The most tags. One firewall object is attached to fewer at DigitalOcean: beyond, there are more objects. */
    public static final int TAGS_MAX = 50;
    /** The most Droplets. One firewall object is attached to fewer at DigitalOcean: beyond, there are more objects. */
    public static final int DROPLETS_MAX = 100;

    /** @throws IllegalArgumentException if a limit is broken */
    public ServiceContent {
        attachment = new Attachment(attachment.tags().stream().distinct().sorted().toList(), attachment.droplets().stream().distinct().sorted().toList());
        ports = ports.stream().distinct().sorted(Comparator.comparing(ServicePort::protocol).thenComparing(ServicePort::ports)).toList();
        if (attachment.tags().size() > TAGS_MAX || attachment.droplets().size() > DROPLETS_MAX) {
            throw new IllegalArgumentException("at most " + TAGS_MAX + " tags and " + DROPLETS_MAX + " Droplets");
        }
        if (ports.isEmpty() || ports.size() > PORTS_MAX) {
            throw new IllegalArgumentException("1 to " + PORTS_MAX + " ports");
        }
    }

    /** Returns the reason for which {@code access} is not allowed, in words; empty if it is. Checked again here, whatever a policy granted. */
    public Optional<String> refusal(Access access) {
        if (!offers(access.protocol(), access.ports())) {
            return Optional.of("port-not-offered: the service does not offer " + access.door());
        }
        return refusal(access.source());
    }

    private Optional<String> refusal(SourceAddress source) {
        return sourceRules.refusal(source).map(rule -> rule + ": the service does not let in " + source);
    }

    private boolean offers(Protocol protocol, PortRange range) {
        return ports.stream().anyMatch(port -> port.protocol() == protocol && port.ports().contains(range));
    }
}
