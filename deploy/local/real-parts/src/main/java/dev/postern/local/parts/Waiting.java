// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Waits for a condition of the outside world, with a limit. */
public final class Waiting {
    private static final long PAUSE_MS = 50;

    private Waiting() {
    }

    /** Asks until the answer is yes; an exception counts as no. Fails when the limit is over, with the last exception as cause. */
    public static void until(String what, Duration limit, Callable<Boolean> condition) {
        until(() -> what, limit, condition);
    }

    /** Waits as {@link #until(String, Duration, Callable)} does; the failure message is computed only on a timeout. */
    public static void until(Supplier<String> what, Duration limit, Callable<Boolean> condition) {
        long end = System.nanoTime() + limit.toNanos();
        Exception last = null;
        while (true) {
            try {
                if (condition.call()) {
                    return;
                }
            } catch (PartFailed e) {
                throw e;
            } catch (InterruptedException e) {
                throw PartFailed.because("Interrupted while waiting for " + what.get(), e);
            } catch (Exception e) {
                last = e;
            }
            if (System.nanoTime() > end) {
                String message = "Waited " + limit.toSeconds() + " s in vain for " + what.get();
                throw last == null ? new PartFailed(message) : PartFailed.because(message, last);
            }
            try {
                Thread.sleep(PAUSE_MS);
            } catch (InterruptedException e) {
                throw PartFailed.because("Interrupted while waiting for " + what.get(), e);
            }
        }
    }
}
