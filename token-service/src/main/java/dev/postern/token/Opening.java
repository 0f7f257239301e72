// SPDX-License-Identifier: Apache-2.0
package dev.postern.token;

import dev.postern.events.FirewallChanged.OpeningChange;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.ServiceName;
import dev.postern.events.SourceAddress;
import java.time.Instant;
import java.util.Optional;

/**
 * One source that reaches one port range of one service, as last reported to this service.
 *
 * @param service  the protected service
 * @param protocol tcp or udp
 * @param ports    one port or a range
 * @param source   one address or block
 * @param state    its state
 * @param since    since when
 * @param detail   why, where it failed or stays open
 * @param sequence of the {@code firewall-changed} event that reported it; 0 where the grant itself did. Lower ones are older news
 */
public record Opening(ServiceName service, Protocol protocol, PortRange ports, SourceAddress source, OpeningState state, Instant since,
                      Optional<String> detail, long sequence) {
    /** The identity of an opening within its grant. */
    record Key(ServiceName service, Protocol protocol, PortRange ports, SourceAddress source) {}

    static Opening granted(Key key, Instant at) {
        return new Opening(key.service(), key.protocol(), key.ports(), key.source(), OpeningState.OPENING, at, Optional.empty(), 0);
    }

    static Opening reported(ServiceName service, long sequence, OpeningChange change) {
        return new Opening(service, change.protocol(), change.ports(), change.source(), change.state(), change.since(), change.detail(), sequence);
    }

    Key key() {
        return new Key(service, protocol, ports, source);
    }

    /** Returns the newer state; {@code news} older than the current state changes nothing. */
    Opening after(Opening news) {
        return news.sequence <= sequence ? this : news;
    }

    /** The state after access ended: an opening reported open from then on was so before, or closes as soon as the firewall processes the end. */
    Opening afterEnd(Opening news) {
        return news.state == OpeningState.CLOSING || news.state == OpeningState.CLOSED ? after(news) : this;
    }

    /** Returns the state after access ended: closing, unless it never opened. */
    Opening ended(Instant at) {
        return state == OpeningState.OPENING || state == OpeningState.OPEN
            ? new Opening(service, protocol, ports, source, OpeningState.CLOSING, at, Optional.empty(), sequence)
            : this;
    }

    /** Returns true if no further change is expected once access has ended. */
    boolean settled() {
        return state == OpeningState.CLOSED || state == OpeningState.FAILED;
    }
}
