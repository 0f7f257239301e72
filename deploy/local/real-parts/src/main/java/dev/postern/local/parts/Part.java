// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

/**
 * A real broker, database or identity provider, with the ways in which such a thing goes away and comes back. Every method
 * returns when it is so: after {@link #start()} the part answers, after {@link #kill()} it is gone.
 */
public interface Part {
    /** Starts it, with the data that it had, on the port that it had. Nothing happens if it runs. */
    void start();

    /** Ends it in order. */
    void stop();

    /** Ends it as a power cut would (kill -9). */
    void kill();

    /** Returns true while the process or container runs; it may not accept connections yet. */
    boolean isRunning();

    /** Ends it in order and starts it again. */
    default void restart() {
        stop();
        start();
    }
}
