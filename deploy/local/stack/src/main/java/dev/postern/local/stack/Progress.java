// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.stack;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Says what happens, when, and what is being waited for. */
public final class Progress implements AutoCloseable {
    private static final long REMIND_MS = 5_000;

    private final PrintStream out;
    private final long start = System.nanoTime();
    private final Set<String> waitingFor = new TreeSet<>();
    private final Thread reminder;

    /** Says it on {@code out}, with the time since now. */
    public Progress(PrintStream out) {
        this.out = out;
        this.reminder = new Thread(this::remind, "progress");
        reminder.setDaemon(true);
        reminder.start();
    }

    /** Says nothing. */
    public static Progress silent() {
        return new Progress(new PrintStream(PrintStream.nullOutputStream()));
    }

    /** Does a step and says when it is done; meanwhile it is among what is waited for. */
    void step(String name, String done, Runnable work) {
        synchronized (this) {
            waitingFor.add(name);
        }
        try {
            work.run();
            say(done);
        } finally {
            synchronized (this) {
                waitingFor.remove(name);
            }
        }
    }

    /** One line with its time. */
    public synchronized void say(String line) {
        out.printf(Locale.ROOT, "%7.1f s  %s%n", elapsed().toMillis() / 1000.0, line);
        out.flush();
    }

    /** Time since it began. */
    public Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private void remind() {
        try {
            while (true) {
                Thread.sleep(REMIND_MS);
                synchronized (this) {
                    if (!waitingFor.isEmpty()) {
                        say("… waiting for " + String.join(", ", waitingFor));
                    }
                }
            }
        } catch (InterruptedException closed) {
            return;
        }
    }

    @Override
    public void close() {
        reminder.interrupt();
    }
}
