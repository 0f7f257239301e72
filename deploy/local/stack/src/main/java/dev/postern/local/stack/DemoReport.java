// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.stack;

import java.io.PrintStream;
import java.util.Locale;

/** Prints the steps of the walk-through and counts failed checks. */
final class DemoReport {
    private final PrintStream out;
    private final long start = System.nanoTime();
    private int checks;
    private int failed;

    DemoReport(PrintStream out) {
        this.out = out;
    }

    /** A step that gives up: what follows would make no sense. */
    static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Broken(String message) {
            super(message, null, false, false);
        }
    }

    /** Does a step and says how long it took. */
    void step(String title, Runnable work) {
        out.println();
        long begin = System.nanoTime();
        out.println(title);
        work.run();
        out.printf(Locale.ROOT, "    %.0f ms%n", (System.nanoTime() - begin) / 1e6);
    }

    /** Something worth knowing. */
    void say(String line) {
        out.println("    " + line);
    }

    /** A check that counts. */
    boolean check(boolean held, String claim) {
        checks++;
        failed += held ? 0 : 1;
        out.println((held ? "  ✓ " : "  ✗ ") + claim);
        return held;
    }

    /** A check without which the story ends. */
    void require(boolean held, String claim) {
        if (!check(held, claim)) {
            throw new Broken(claim);
        }
    }

    /** The last line. True if every check held. */
    boolean conclude() {
        out.printf(Locale.ROOT, "%n%s %d of %d checks held, in %.1f s.%n", failed == 0 ? "All is well:" : "NOT as it should be:", checks - failed, checks,
            (System.nanoTime() - start) / 1e9);
        return failed == 0 && checks > 0;
    }
}
