// SPDX-License-Identifier: Apache-2.0
package dev.postern.token;

import dev.postern.events.AccessEnded;
import dev.postern.events.AccessRequestId;
import dev.postern.events.Actor;
import java.time.Instant;
import java.util.Optional;

/**
 * The cause and time of the end of access.
 *
 * @param cause      why
 * @param endedBy    the {@code sub} of who ended it; empty for expiry
 * @param replacedBy the request that took its place, where the cause is {@code replaced}
 * @param at         when
 */
public record AccessEnd(AccessEnded.Cause cause, Optional<String> endedBy, Optional<AccessRequestId> replacedBy, Instant at) {
    AccessEnded event(RequestContent asked, Optional<Actor> by) {
        return new AccessEnded(asked.id(), asked.account(), cause, endedBy, replacedBy, at, by.map(Actor::client));
    }
}
