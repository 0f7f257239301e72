// SPDX-License-Identifier: Apache-2.0
package dev.postern.token;

import dev.postern.events.Outcome;
import java.util.Optional;

/**
 * Decides if an access request is accepted. The id that the client chose is its idempotency key: a retry with the same content returns the current
 * state.
 *
 * @param asked what is asked for, of good form
 */
public record RequestAccess(RequestContent asked) {
    /** The answer, which says why. */
    public sealed interface Answer {
        /** Taken in; policy will answer. */
        record Accepted(AccessRequest request) implements Answer {}

        /** The same was asked before. */
        record AlreadyExists(AccessRequest request) implements Answer {}

        /** The asker used this id for something else. */
        record ExistsWithDifferentContent() implements Answer {}

        /** The id belongs to another owner; no details are returned. */
        record IdInUse() implements Answer {}

        /** {@code replaces} names no request of the asker's. */
        record NothingToReplace() implements Answer {}

        /** The asker has {@link Limits#PENDING_PER_OWNER_MAX} requests without an answer. */
        record TooManyPending() implements Answer {}
    }

    /**
     * @param existing       the request with that id, if there is one
     * @param replaced       the request that {@code replaces} names, if it names one and there is one
     * @param pendingOfOwner how many requests of the asker wait for a decision; counting may stop at the limit
     */
    public Outcome<Answer> decide(Optional<AccessRequest> existing, Optional<AccessRequest> replaced, long pendingOfOwner) {
        if (existing.isPresent()) {
            return Outcome.unchanged(again(existing.get()));
        }
        String owner = asked.requester().subject();
        if (asked.replaces().isPresent() && replaced.filter(request -> request.asked().ownedBy(owner)).isEmpty()) {
            return Outcome.unchanged(new Answer.NothingToReplace());
        }
        if (pendingOfOwner >= Limits.PENDING_PER_OWNER_MAX) {
            return Outcome.unchanged(new Answer.TooManyPending());
        }
        return Outcome.of(new Answer.Accepted(new AccessRequest.Pending(asked, Openings.NONE)), asked.event());
    }

    private Answer again(AccessRequest existing) {
        if (!existing.asked().ownedBy(asked.requester().subject())) {
            return new Answer.IdInUse();
        }
        return existing.asked().sameContent(asked) ? new Answer.AlreadyExists(existing) : new Answer.ExistsWithDifferentContent();
    }
}
