// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import dev.postern.events.Actor;
import dev.postern.events.Outcome;
import dev.postern.events.PolicyChanged;
import dev.postern.events.PolicyId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/** Puts a policy whose text was found sound. Each change makes the next version of the set. */
public final class PutPolicy {
    /** Maximum number of policies in a set. */
    public static final int POLICIES_MAX = 1_000;

    /** Maximum size of a set's texts together, in bytes of UTF-8: Cedar keeps some 15 times as much in memory, and twice that during a change. */
    public static final long SET_BYTES_MAX = 2L * 1024 * 1024;

    private PutPolicy() {}

    /**
     * State of the set under the lock for a change.
     *
     * @param version  its version
     * @param policies how many there are
     * @param bytes    how long their texts are together
     * @param current  the policy that is to be changed, if it is there
     */
    public record Locked(long version, int policies, long bytes, Optional<StoredPolicy> current) {}

    /**
     * Decides.
     *
     * @param precondition whether the change may go on where this is the present entity tag; empty if there is no text under the id
     * @param mayReplace   whether the author named the text that is to be replaced, or said that any may be: the call has If-Match
     */
    public static Outcome<PolicyPut> decide(PolicyId id, String text, Locked set, Predicate<Optional<String>> precondition, boolean mayReplace,
                                            Actor author, Instant now) {
        if (!precondition.test(set.current().map(StoredPolicy::etag))) {
            return Outcome.unchanged(new PolicyPut.PreconditionFailed());
        }
        if (set.current().isPresent() && set.current().get().text().equals(text)) {
            return Outcome.unchanged(new PolicyPut.Unchanged(set.current().get()));
        }
        if (set.current().isPresent() && !mayReplace) {
            return Outcome.unchanged(new PolicyPut.PreconditionRequired());
        }
        long bytes = set.bytes() - set.current().map(current -> bytes(current.text())).orElse(0L) + bytes(text);
        if (bytes > SET_BYTES_MAX && bytes > set.bytes()) {
            return Outcome.unchanged(new PolicyPut.TooLong(SET_BYTES_MAX));
        }
        if (set.current().isEmpty() && set.policies() >= POLICIES_MAX) {
            return Outcome.unchanged(new PolicyPut.TooMany(POLICIES_MAX));
        }
        StoredPolicy next = new StoredPolicy(id, text, set.version() + 1, author.subject(), now);
        return Outcome.of(set.current().isPresent() ? new PolicyPut.Replaced(next) : new PolicyPut.Created(next),
            new PolicyChanged(id, next.version(), Optional.of(text), false, author.subject(), now, Optional.of(author.client())));
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
