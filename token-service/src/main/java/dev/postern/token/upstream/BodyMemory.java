// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.upstream;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Memory for bodies and answers that are read whole, over all calls of this process. A call that finds none is refused, so many large answers at once cost
 * some clients a repetition, and nobody the process. For any thread.
 *
 * <p>How long a body takes to arrive is the client's choice. So what one token holds, and what all tokens of one owner hold, never exceeds what is left free
 * for others when a body grows or a call begins to wait for its answer. One token alone gets half of the memory, two get a third each, and there is always a
 * part for the next one. A call that is the only one of its token and owner may take all that is free.
 */
public final class BodyMemory {
    /** Bytes of memory per body byte while it is received: the buffer grows by doubling. */
    private static final int GATHERED = 2;
    /** Bytes of memory per body byte for the parsed tree and its output, measured with the provider's answers. */
    private static final int PARSED = 8;
    /** Bytes reserved before a call is sent: enough for the answer to a create, which must not be lost. */
    private static final long AT_FIRST = 262_144;

    private final long most;
    private final Map<Object, Share> shares = new HashMap<>();
    private volatile long used;

    /** The memory held by all calls of one token, or of one owner. */
    private static final class Share {
        private long held;
        private int holders;
    }

    /** There is no room now; there may be in a moment. */
    public static final class Full extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Full() {
            super("no memory for the body", null, false, false);
        }
    }

    /** @param most bytes */
    public BodyMemory(long most) {
        this.most = most;
    }

    /** The largest answer, in bytes, that fits when there is nothing else; at most {@link ReadBody#DOWN_BYTES_MAX}. */
    public int largest() {
        return (int) Math.min(ReadBody.DOWN_BYTES_MAX, most / (GATHERED + PARSED));
    }

    /** Bytes in use. */
    public long used() {
        return used;
    }

    /** Returns an empty lease for one call. */
    public Lease lease() {
        return new Lease();
    }

    private synchronized boolean take(Lease lease, long more, boolean shared) {
        long free = most - used - more;
        if (free < 0) {
            return false;
        }
        if (shared) {
            for (Object key : lease.keys) {
                if (exceeds(shares.get(key), lease, more, free)) {
                    return false;
                }
            }
        }
        if (lease.held == 0) {
            lease.shares.clear();
            for (Object key : lease.keys) {
                lease.shares.add(shares.computeIfAbsent(key, fresh -> new Share()));
            }
        }
        change(lease, more);
        return true;
    }

    private static boolean exceeds(Share share, Lease lease, long more, long free) {
        return share != null && share.holders > (lease.held > 0 ? 1 : 0) && share.held + more > free;
    }

    private synchronized void change(Lease lease, long more) {
        used += more;
        for (Share share : lease.shares) {
            share.held += more;
            share.holders += (lease.held + more > 0 ? 1 : 0) - (lease.held > 0 ? 1 : 0);
        }
        lease.held += more;
        if (lease.held == 0) {
            lease.keys.forEach(key -> shares.computeIfPresent(key, (same, share) -> share.holders == 0 ? null : share));
            lease.shares.clear();
        }
    }

    /** The memory held by one call. Confined to its event loop. */
    public final class Lease {
        private List<Object> keys = List.of();
        private final List<Share> shares = new ArrayList<>(2);
        private long held;
        private long kept;
        private boolean answering;
        private boolean over;

        /** The token and the owner whose shares this call takes from. */
        public void belongsTo(Object token, Object owner) {
            keys = List.of(token, owner);
        }

        /** Room for a small answer, before anything is sent. */
        public boolean atFirst() {
            boolean room = hold(AT_FIRST);
            answering = true;
            return room;
        }

        /** Room for so many bytes, gathered so far. */
        public boolean gathered(int bytes) {
            return hold(GATHERED * (long) bytes);
        }

        /** Room for a body of so many bytes as a tree beside the bytes themselves. */
        public boolean parsed(int bytes) {
            return hold((GATHERED + PARSED) * (long) bytes);
        }

        /** Keeps {@code part} of a parsed body, beside what was kept before, and releases the rest. */
        public void keeps(int bytes, int part, int all) {
            kept += all == 0 ? 0 : PARSED * (long) bytes * part / all;
            give(kept);
        }

        /** Nothing stays but so many bytes, on their way to the client. */
        public void only(int bytes) {
            kept = 0;
            give(bytes);
        }

        /** Nothing stays, and nothing more can be had. */
        public void free() {
            over = true;
            kept = 0;
            give(0);
        }

        private void give(long rest) {
            if (held > rest) {
                change(this, rest - held);
            }
        }

        private boolean hold(long bytes) {
            long more = kept + bytes - held;
            return !over && (more <= 0 || take(this, more, !answering));
        }
    }
}
