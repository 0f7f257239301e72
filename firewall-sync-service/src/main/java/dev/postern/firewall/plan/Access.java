// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.plan;

import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.SourceAddress;
import java.util.Objects;

/**
 * A source address that may reach some ports. Several grants may need the same access; the provider holds it once.
 *
 * @param protocol tcp or udp
 * @param ports    one port or a range
 * @param source   one address or block
 */
public record Access(Protocol protocol, PortRange ports, SourceAddress source) implements Comparable<Access> {
    /**
     * The only access that the last object of a Droplet without another firewall shows when nobody is to be let in: an address of a block that is
     * never routed (RFC 5737).
     * DigitalOcean takes no firewall without rules, and lets everybody in to a Droplet without a firewall.
     */
    public static final Access NOBODY = new Access(Protocol.TCP, PortRange.of("1"), new SourceAddress("192.0.2.1"));

    /** @throws NullPointerException if a part is missing */
    public Access {
        Objects.requireNonNull(protocol, "protocol");
        Objects.requireNonNull(ports, "ports");
        Objects.requireNonNull(source, "source");
    }

    /** Protocol and ports: what accesses share that can stand in one rule. */
    public Ports door() {
        return new Ports(protocol, ports);
    }

    /** Returns true if this access includes everything that {@code other} allows. */
    public boolean covers(Access other) {
        return protocol == other.protocol && ports.contains(other.ports) && source.contains(other.source);
    }

    /** Returns true if it spans more than one address or port. */
    public boolean wide() {
        return ports.first() != ports.last() || source.prefixBits() < (source.ipv6() ? 128 : 32);
    }

    @Override
    public int compareTo(Access other) {
        int byDoor = door().compareTo(other.door());
        return byDoor != 0 ? byDoor : source.compareTo(other.source);
    }

    /** Written out down to the fields: every activation compares all addresses of its service many times, and what a record does by itself is slow. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Access access && source.value().equals(access.source.value()) && protocol == access.protocol
            && ports.first() == access.ports.first() && ports.last() == access.ports.last();
    }

    /** The same in every JVM, which an enum's is not: in what order sets are walked, and so what a seed of the simulation leads to, is not up to chance. */
    @Override
    public int hashCode() {
        return (31 * protocol.ordinal() + 31 * ports.first() + ports.last()) * 31 + source.value().hashCode();
    }

    /** Returns a readable form: {@code tcp 5432 from 203.0.113.7}. */
    @Override
    public String toString() {
        return door() + " from " + source;
    }

    /**
     * Ports of one protocol.
     *
     * @param protocol tcp or udp
     * @param ports    one port or a range
     */
    public record Ports(Protocol protocol, PortRange ports) implements Comparable<Ports> {
        @Override
        public int hashCode() {
            return 31 * protocol.ordinal() + ports.hashCode();
        }

        @Override
        public int compareTo(Ports other) {
            int byProtocol = protocol.compareTo(other.protocol);
            return byProtocol != 0 ? byProtocol : ports.compareTo(other.ports);
        }

        @Override
        public String toString() {
            return protocol + " " + ports;
        }
    }
}
