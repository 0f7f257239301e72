// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A protected service was put, changed or taken away. The topic is compacted: the last one of a service is what holds.
 *
 * @param service     the protected service
 * @param version     1, 2, 3 … per service, also over its removal
 * @param account     the account it belongs to
 * @param project     the project it belongs to, in the company's words
 * @param attachment  what its firewall objects are attached to
 * @param ports       what can be opened
 * @param sourceRules which sources may be let in
 * @param removed     whether it is protected no longer
 * @param changedBy   the {@code sub} of the operator
 * @param protectedAt when
 * @param changedByClient the client by which the operator changed it; empty in events of earlier versions
 */
public record ServiceProtected(ServiceName service, long version, AccountName account, Optional<String> project, Attachment attachment,
                               List<ServicePort> ports, SourceRules sourceRules, boolean removed, String changedBy,
                               Instant protectedAt, Optional<String> changedByClient) implements Event {
    /**
     * The targets that firewall objects of the service are attached to at the provider: tags, Droplets, or both.
     *
     * @param tags     names of tags
     * @param droplets ids of Droplets
     */
    public record Attachment(List<String> tags, List<Long> droplets) {
        /** Copies the lists; an absent one is empty. */
        public Attachment {
            tags = tags == null ? List.of() : List.copyOf(tags);
            droplets = droplets == null ? List.of() : List.copyOf(droplets);
        }
    }

    /**
     * Ports of one protocol that can be opened.
     *
     * @param protocol tcp or udp
     * @param ports    one port or a range
     */
    public record ServicePort(Protocol protocol, PortRange ports) {}

    /**
     * Which sources may be let in.
     *
     * @param privateAllowed    whether addresses that are not public unicast may be
     * @param ipv4PrefixBitsMin the shortest IPv4 prefix: 24 lets in blocks of at most 256 addresses
     * @param ipv6PrefixBitsMin the shortest IPv6 prefix
     */
    public record SourceRules(boolean privateAllowed, int ipv4PrefixBitsMin, int ipv6PrefixBitsMin) {
        /** Public unicast only, IPv4 not wider than /24, IPv6 not wider than /64. */
        public static final SourceRules DEFAULT = new SourceRules(false, 24, 64);

        /** @throws IllegalArgumentException if a prefix is no prefix */
        public SourceRules {
            if (ipv4PrefixBitsMin < 0 || ipv4PrefixBitsMin > 32 || ipv6PrefixBitsMin < 0 || ipv6PrefixBitsMin > 128) {
                throw new IllegalArgumentException("a prefix has 0 to 32 bits (IPv4), 0 to 128 (IPv6)");
            }
        }

        /** Returns the rule that refuses {@code source}: {@code source-not-public} or {@code source-too-wide}; empty if it is allowed. */
        public Optional<String> refusal(SourceAddress source) {
            if (!privateAllowed && !source.publicUnicast()) {
                return Optional.of("source-not-public");
            }
            int bitsMin = source.ipv6() ? ipv6PrefixBitsMin : ipv4PrefixBitsMin;
            return source.prefixBits() < bitsMin ? Optional.of("source-too-wide") : Optional.empty();
        }
    }

    /** Copies the list, and makes absence empty. */
    public ServiceProtected {
        ports = List.copyOf(ports);
        changedByClient = changedByClient == null ? Optional.empty() : changedByClient;
    }

    /** Returns true if one of the ports of the service contains all of {@code range}. */
    public boolean offers(Protocol protocol, PortRange range) {
        return !removed && ports.stream().anyMatch(port -> port.protocol() == protocol && port.ports().contains(range));
    }

    @Override
    public Topic topic() {
        return Topic.SERVICE_PROTECTED;
    }

    @Override
    public String key() {
        return service.toString();
    }

    @Override
    public EventId id() {
        return EventId.of(topic().topicName(), service, version);
    }

    @Override
    public Instant time() {
        return protectedAt;
    }
}
