// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

import java.util.Map;
import java.util.Set;

/**
 * In what simulated providers differ. The front calls it with {@link #lock()} held, one call at a time: what a client reads is never
 * half a change.
 */
public interface Provider<C extends Caller> {
    /** Returns the name for error lines and for messages of a failed start. */
    String name();

    /** The lock of all its state. */
    Object lock();

    /** The clock of everything that is simulated: microseconds since the epoch. */
    long nowMicros();

    Recording recording();

    /**
     * Returns the caller that a token identifies.
     *
     * @param token of the header Authorization: Bearer, or null if there is none
     * @throws Refusal where it opens nothing here
     */
    C authenticate(String token, String path);

    /** Takes one call out of the caller's budget: -1 if it may pass, else after how many seconds it may be tried again. */
    long charge(C caller, long nowMicros);

    /**
     * Returns the headers that every answer has: limits, ids.
     *
     * @param caller null where it is not known
     */
    Map<String, String> headers(C caller, long nowMicros);

    /** One call of its API, applied. */
    SimulatedResponse apply(SimulatedRequest asked, C caller);

    /** A call below {@code /_simulation}, beyond those that every simulation has. */
    Routes<SimulatedRequest> control();

    /** A refusal as the provider words it. */
    SimulatedResponse refusing(Refusal refusal);

    /** Faults ended by hand. What only these held or made fail goes its way now. */
    void released(Set<String> faultIds, long nowMicros);

    /**
     * Extent of the call record.
     *
     * @param calls how many of the latest
     * @param bodies whether with the bodies of request and answer
     */
    record Recording(int calls, boolean bodies) {
    }
}
