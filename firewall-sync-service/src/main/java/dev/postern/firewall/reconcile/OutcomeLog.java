// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import java.util.Optional;

/**
 * Decides which outcomes of one service's runs are logged: a trouble when it begins, and its end. A provider that is busy for an hour, or refuses a
 * credential, would fill the log with one line a second otherwise. Used by one run at a time.
 */
final class OutcomeLog {
    private Optional<String> trouble = Optional.empty();

    /** A line for the log, or none. */
    enum Line {
        /** Nothing new. */
        NONE,
        /** The service is out of sync, or is so for another reason than before. */
        OUT_OF_SYNC,
        /** The service is in sync after it was not. */
        IN_SYNC
    }

    /** Notes the outcome of a run. */
    Line after(RunOutcome outcome) {
        if (outcome.whole()) {
            Line line = trouble.isPresent() ? Line.IN_SYNC : Line.NONE;
            trouble = Optional.empty();
            return line;
        }
        boolean troubled = outcome instanceof RunOutcome.Failed || outcome instanceof RunOutcome.Held;
        if (!troubled || trouble.equals(Optional.of(outcome.word()))) {
            return Line.NONE;
        }
        trouble = Optional.of(outcome.word());
        return Line.OUT_OF_SYNC;
    }
}
