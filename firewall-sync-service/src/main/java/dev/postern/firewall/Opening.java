// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall;

import dev.postern.events.AccessRequestId;
import dev.postern.events.FirewallChanged.OpeningChange;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.events.ServiceName;
import dev.postern.firewall.plan.Access;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * The life of one opening of one grant. Only what the provider shows makes it open or closed; a grant's end makes it closing at once, so that no later
 * plan contains it.
 *
 * <pre>
 * Awaited ──shown──▶ Open ──ended──▶ Closing ──gone──▶ Closed
 *    │ ▲──────lost────┘                 ▲
 *    └──────────────ended───────────────┘            Refused (never opened)
 * </pre>
 */
public sealed interface Opening {
    /** The grant's access that this opening brings about; never changes. */
    Granted granted();

    /** When this state began. */
    Instant since();

    /** The reason for this state, in words; empty where there is nothing to add. */
    Optional<String> detail();

    /** The state's name in events and tables. */
    OpeningState state();

    /** The grant is over, or the service no longer offers it. */
    Opening onEnded(String why, Instant now);

    /** The provider shows it, everything else of the service as planned, and nothing pending. */
    Opening onShown(Instant now);

    /** The provider does not show it, everything else of the service as planned, and nothing pending. */
    Opening onGone(Instant now);

    /** Returns true if the provider must allow the access at {@code now}. An access is never desired past its end, even if no event has reported that end. */
    default boolean wanted(Instant now) {
        return (state() == OpeningState.OPENING || state() == OpeningState.OPEN) && granted().validUntil().isAfter(now);
    }

    /** Returns true if the provider may still show the access. */
    default boolean live() {
        return state() != OpeningState.CLOSED && state() != OpeningState.FAILED;
    }

    /** Returns a copy with other ports, as shown by a provider that does not tell ports apart. */
    default Opening behind(Access.Ports door) {
        Granted was = granted();
        Access access = new Access(door.protocol(), door.ports(), was.access().source());
        return of(new Granted(was.requestId(), was.service(), access, was.grantedAt(), was.validUntil()), state(), since(), detail());
    }

    /** Returns the published form of this state. */
    default OpeningChange told() {
        return new OpeningChange(granted().requestId(), granted().access().protocol(), granted().access().ports(), granted().access().source(),
            state(), since(), detail());
    }

    /**
     * The grant and access of an opening.
     *
     * @param requestId  the grant that needs it
     * @param service    the protected service
     * @param access     who reaches what
     * @param grantedAt  when it was granted
     * @param validUntil when it ends by itself
     */
    record Granted(AccessRequestId requestId, ServiceName service, Access access, Instant grantedAt, Instant validUntil) {
        /** @throws NullPointerException if a part is missing */
        public Granted {
            Objects.requireNonNull(requestId, "requestId");
            Objects.requireNonNull(service, "service");
            Objects.requireNonNull(access, "access");
            Objects.requireNonNull(grantedAt, "grantedAt");
            Objects.requireNonNull(validUntil, "validUntil");
        }
    }

    /** The opening in a state that was written down. */
    static Opening of(Granted granted, OpeningState state, Instant since, Optional<String> detail) {
        switch (state) {
            case OPENING:
                return new Awaited(granted, since, detail);
            case OPEN:
                return new Open(granted, since);
            case CLOSING:
                return new Closing(granted, since, detail);
            case CLOSED:
                return new Closed(granted, since, detail);
            default:
                return new Refused(granted, since, detail);
        }
    }

    /** Granted, not shown yet. */
    record Awaited(Granted granted, Instant since, Optional<String> detail) implements Opening {
        @Override
        public OpeningState state() {
            return OpeningState.OPENING;
        }

        @Override
        public Opening onEnded(String why, Instant now) {
            return new Closing(granted, now, Optional.of(why));
        }

        @Override
        public Opening onShown(Instant now) {
            return new Open(granted, now);
        }

        @Override
        public Opening onGone(Instant now) {
            return this;
        }
    }

    /** Shown by the provider. */
    record Open(Granted granted, Instant since) implements Opening {
        @Override
        public Optional<String> detail() {
            return Optional.empty();
        }

        @Override
        public OpeningState state() {
            return OpeningState.OPEN;
        }

        @Override
        public Opening onEnded(String why, Instant now) {
            return new Closing(granted, now, Optional.of(why));
        }

        @Override
        public Opening onShown(Instant now) {
            return this;
        }

        @Override
        public Opening onGone(Instant now) {
            return new Awaited(granted, now, Optional.of("the provider no longer showed it"));
        }
    }

    /** Over, perhaps still shown. */
    record Closing(Granted granted, Instant since, Optional<String> detail) implements Opening {
        /** Detail of {@link Closed} where another grant keeps the address open. */
        public static final String HELD_BY_ANOTHER = "still open for another grant";

        @Override
        public OpeningState state() {
            return OpeningState.CLOSING;
        }

        @Override
        public Opening onEnded(String why, Instant now) {
            return this;
        }

        @Override
        public Opening onShown(Instant now) {
            return new Closed(granted, now, Optional.of(HELD_BY_ANOTHER));
        }

        @Override
        public Opening onGone(Instant now) {
            return new Closed(granted, now, detail);
        }
    }

    /** Over, and no longer held open by this grant. */
    record Closed(Granted granted, Instant since, Optional<String> detail) implements Opening {
        @Override
        public OpeningState state() {
            return OpeningState.CLOSED;
        }

        @Override
        public Opening onEnded(String why, Instant now) {
            return this;
        }

        @Override
        public Opening onShown(Instant now) {
            return this;
        }

        @Override
        public Opening onGone(Instant now) {
            return this;
        }
    }

    /** Never opened; the detail says why. */
    record Refused(Granted granted, Instant since, Optional<String> detail) implements Opening {
        @Override
        public OpeningState state() {
            return OpeningState.FAILED;
        }

        @Override
        public Opening onEnded(String why, Instant now) {
            return this;
        }

        @Override
        public Opening onShown(Instant now) {
            return this;
        }

        @Override
        public Opening onGone(Instant now) {
            return this;
        }
    }
}
