// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Openings of a service changed their state, or what others had done to Postern's own objects was set back, as the provider showed.
 *
 * @param service    the protected service
 * @param account    its account
 * @param sequence   1, 2, 3 … per service, without gaps
 * @param changes    at most 500 openings with their new state; empty where there was only drift
 * @param drift      what others had done to Postern's own objects, and was set back
 * @param observedAt when the provider showed it
 */
public record FirewallChanged(ServiceName service, AccountName account, long sequence, List<OpeningChange> changes, List<String> drift,
                              Instant observedAt) implements Event {
    /** The state of an opening. */
    public enum OpeningState {
        /** Granted, not yet shown by the provider. */
        @JsonProperty("opening") OPENING,
        /** The provider shows it, and nothing is pending. */
        @JsonProperty("open") OPEN,
        /** Ended, still shown by the provider. */
        @JsonProperty("closing") CLOSING,
        /** The provider no longer shows it, and nothing is pending. */
        @JsonProperty("closed") CLOSED,
        /** It can't be opened; the detail says why. */
        @JsonProperty("failed") FAILED
    }

    /**
     * One opening of one grant.
     *
     * @param requestId the grant
     * @param protocol  tcp or udp
     * @param ports     one port or a range
     * @param source    one address or block
     * @param state     its state from now on
     * @param since     since when
     * @param detail    why, where it failed; what else there is to know
     */
    public record OpeningChange(AccessRequestId requestId, Protocol protocol, PortRange ports, SourceAddress source, OpeningState state,
                                Instant since, Optional<String> detail) {}

    /** Copies the lists. */
    public FirewallChanged {
        changes = List.copyOf(changes);
        drift = drift == null ? List.of() : List.copyOf(drift);
    }

    @Override
    public Topic topic() {
        return Topic.FIREWALL_CHANGED;
    }

    @Override
    public String key() {
        return service.toString();
    }

    @Override
    public EventId id() {
        return EventId.of(topic().topicName(), service, sequence);
    }

    @Override
    public Instant time() {
        return observedAt;
    }
}
