// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

/**
 * Judges by the last checks whether a dependency is reachable. One failed check proves nothing: on a busy machine an answer comes late, and a broker that
 * missed a heartbeat is out of its cluster for half a second. Writes are safe meanwhile, since their events wait in the outbox. Used by one thread.
 */
final class Reachability {
    /** Failed checks in a row after which the dependency counts as unreachable. */
    private static final int FAILURES_MAX = 2;
    /** Nothing is known before the first success. */
    private int failures = FAILURES_MAX;

    /** Notes a check. @return whether the dependency counts as reachable now */
    boolean after(boolean succeeded) {
        failures = succeeded ? 0 : Math.min(FAILURES_MAX, failures + 1);
        return failures < FAILURES_MAX;
    }
}
