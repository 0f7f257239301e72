package dev.postern.local.digitalocean;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The latest calls, bounded in number. */
final class CallRecorder {
    private final Deque<RecordedCall> calls = new ArrayDeque<>();
    private long total;

    synchronized void add(RecordedCall call, int most) {
        total++;
        calls.addLast(call);
        while (calls.size() > most) {
            calls.removeFirst();
        }
    }

    /** Oldest first. */
    synchronized List<RecordedCall> calls() {
        return List.copyOf(calls);
    }

    /** How many there were, the forgotten ones included. */
    synchronized long total() {
        return total;
    }

    synchronized void forget() {
        calls.clear();
        total = 0;
    }
}
