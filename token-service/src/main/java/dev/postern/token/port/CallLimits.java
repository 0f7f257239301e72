// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.port;

import dev.postern.token.call.GrantEntry;
import dev.postern.token.status.LiveGrant;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;

/** {@code max_calls} and {@code max_calls_per_minute}, counted over all replicas. Only grants that have such a limit pay for it. */
public interface CallLimits {
    /** May the call go on? */
    sealed interface Answer {}

    /** Yes, and it is counted: under every entry, or under none. */
    record Taken() implements Answer {}

    /**
     * No; nothing is counted.
     *
     * @param entry   whose limit is used up
     * @param forGood whether {@code max_calls} is (403); else {@code max_calls_per_minute} (429)
     * @param retryAt when the next minute begins; the end of the grant where it is for good
     */
    record UsedUp(GrantEntry entry, boolean forGood, Instant retryAt) implements Answer {}

    /** Nobody can count now: 503. */
    record Unavailable() implements Answer {}

    /**
     * Counts one call. Never fails; complete at once if {@code counted} is empty. A call that was counted stays counted, whatever becomes of it.
     *
     * @param counted the entries that the verdict names
     */
    Future<Answer> take(LiveGrant grant, List<GrantEntry> counted);
}
