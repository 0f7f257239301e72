// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Which faults hit which calls. A decision of values: no clock, and chance comes from the seeds and the count of the calls alone. */
public record FaultPlan(List<Armed> armed) {
    /** Nothing goes wrong. */
    public static final FaultPlan NONE = new FaultPlan(List.of());

    /** Copies the list. */
    public FaultPlan {
        armed = List.copyOf(armed);
    }

    /**
     * A fault that is set.
     *
     * @param sinceMicros when it was set
     * @param matched how many calls had its method, path and account
     * @param hit how many of them it hit
     */
    public record Armed(PlannedFault planned, long sinceMicros, long matched, long hit) {

        /** When it ends by itself; {@link Long#MAX_VALUE} if it does not. */
        public long endsMicros() {
            Duration lasting = planned.scope().lasting();
            return lasting == null ? Long.MAX_VALUE : sinceMicros + lasting.toNanos() / 1_000;
        }

        /** Returns true if the fault will hit no further call. */
        public boolean over(long nowMicros) {
            return nowMicros >= endsMicros() || planned.scope().times() != null && hit >= planned.scope().times();
        }

        private boolean hits() {
            FaultScope scope = planned.scope();
            return matched >= scope.skip() && chance(scope.seed(), matched) < scope.probability();
        }

        private Armed counting(boolean hitNow) {
            return new Armed(planned, sinceMicros, matched + 1, hitNow ? hit + 1 : hit);
        }
    }

    /**
     * Result of applying the plan to one call.
     *
     * @param next the plan for the calls after it
     * @param hits what goes wrong with it, in the order in which the faults were set
     */
    public record Selection(FaultPlan next, List<Armed> hits) {
    }

    /** Which of the faults hit this call. */
    public Selection select(String method, String path, String account, long nowMicros) {
        if (armed.isEmpty()) {
            return new Selection(this, List.of());
        }
        List<Armed> next = new ArrayList<>(armed.size());
        List<Armed> hits = new ArrayList<>();
        for (Armed each : armed) {
            if (each.over(nowMicros) || !each.planned().scope().matches(method, path, account)) {
                next.add(each);
                continue;
            }
            boolean hit = each.hits();
            if (hit) {
                hits.add(each);
            }
            next.add(each.counting(hit));
        }
        return new Selection(new FaultPlan(next), List.copyOf(hits));
    }

    /** From 0 to 1, exclusively; spread evenly over the counts of one seed (SplitMix64's finalizer). */
    private static double chance(long seed, long count) {
        long mixed = seed * 0x9e3779b97f4a7c15L + (count + 1) * 0xd1342543de82ef95L;
        mixed = (mixed ^ mixed >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return ((mixed ^ mixed >>> 31) >>> 11) * 0x1.0p-53;
    }
}
