package dev.postern.token.gateway;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory for bodies and answers that are read whole, over all calls of this process. A call that finds none is refused, so many large answers at once cost
 * some clients a repetition, and nobody the process. For any thread.
 */
final class BodyMemory {
    /** What one byte takes while it is gathered: the buffer grows by doubling. */
    private static final int GATHERED = 2;
    /** What one byte takes as a tree and as what is written of it, by measurement with the provider's answers. */
    private static final int PARSED = 8;
    /** What a call has before anything is sent: enough for the answer to a create, which must not be lost. */
    private static final long AT_FIRST = 262_144;

    private final long most;
    private final AtomicLong used = new AtomicLong();

    /** There is no room now; there may be in a moment. */
    static final class Full extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Full() {
            super("no memory for the body", null, false, false);
        }
    }

    /** @param most bytes */
    BodyMemory(long most) {
        this.most = most;
    }

    /** The largest answer, in bytes, that fits when there is nothing else; at most {@link ReadBody#DOWN_BYTES_MAX}. */
    int largest() {
        return (int) Math.min(ReadBody.DOWN_BYTES_MAX, most / (GATHERED + PARSED));
    }

    /** Bytes in use. */
    long used() {
        return used.get();
    }

    /** What one call uses; nothing yet. */
    Lease lease() {
        return new Lease();
    }

    /** What one call uses. For its event loop alone. */
    final class Lease {
        private long held;
        private long kept;
        private boolean over;

        /** Room for a small answer, before anything is sent. */
        boolean atFirst() {
            return hold(AT_FIRST);
        }

        /** Room for so many bytes, gathered so far. */
        boolean gathered(int bytes) {
            return hold(GATHERED * (long) bytes);
        }

        /** Room for a body of so many bytes as a tree beside the bytes themselves. */
        boolean parsed(int bytes) {
            return hold((GATHERED + PARSED) * (long) bytes);
        }

        /** Of a body that was parsed this part stays, beside what stays already; there is room again for the rest. */
        void keeps(int bytes, int part, int all) {
            kept += all == 0 ? 0 : PARSED * (long) bytes * part / all;
            give(kept);
        }

        /** Nothing stays but so many bytes, on their way to the client. */
        void only(int bytes) {
            kept = 0;
            give(bytes);
        }

        /** Nothing stays, and nothing more can be had. */
        void free() {
            over = true;
            kept = 0;
            give(0);
        }

        private void give(long rest) {
            if (held > rest) {
                used.addAndGet(rest - held);
                held = rest;
            }
        }

        private boolean hold(long bytes) {
            long more = kept + bytes - held;
            if (over || more > 0 && used.addAndGet(more) > most) {
                if (!over) {
                    used.addAndGet(-more);
                }
                return false;
            }
            held += Math.max(0, more);
            return true;
        }
    }
}
