// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Combined effect of all faults that hit one call. Delays of one side add up; of two replacement answers, or two holds, the first
 * counts.
 *
 * @param delayBefore in milliseconds, as all times here
 * @param holdBefore null: the connection is not held before applying
 */
record Damage(long delayBefore, Long holdBefore, Fault.Status statusBefore, Mishap mishap, Fault.Status statusAfter, long delayAfter, Long holdAfter,
              boolean garbled, long perByteMilliseconds) {
    static final Damage NONE = of(List.of());
    private static final byte[] NO_JSON = "\n<html><body>502 Bad Gateway".getBytes(StandardCharsets.US_ASCII);

    static Damage of(List<FaultPlan.Armed> hits) {
        Sum sum = new Sum();
        hits.forEach(sum::add);
        return new Damage(sum.delays[0], sum.holds[0], sum.statuses[0], new Mishap(sum.partial, sum.failedBy, sum.heldBy, sum.heldUntilMicros),
            sum.statuses[1], sum.delays[1], sum.holds[1], sum.garbled, sum.perByte);
    }

    /** The body as it is sent. */
    byte[] spoiled(byte[] body) {
        if (!garbled) {
            return body;
        }
        byte[] sent = Arrays.copyOf(body, body.length / 2 + NO_JSON.length);
        System.arraycopy(NO_JSON, 0, sent, body.length / 2, NO_JSON.length);
        return sent;
    }

    /** Collects pairs of values: the first is before the call is applied, the second after it. */
    private static final class Sum {
        private final long[] delays = new long[2];
        private final Long[] holds = new Long[2];
        private final Fault.Status[] statuses = new Fault.Status[2];
        private boolean partial;
        private String failedBy;
        private String heldBy;
        private long heldUntilMicros;
        private boolean garbled;
        private long perByte;

        private void add(FaultPlan.Armed hit) {
            Fault fault = hit.planned().fault();
            if (fault instanceof Fault.Delay delay) {
                delays[delay.when().ordinal()] += delay.time().toMillis();
            } else if (fault instanceof Fault.Timeout timeout) {
                int side = timeout.when().ordinal();
                holds[side] = holds[side] == null ? timeout.hold().toMillis() : holds[side];
            } else if (fault instanceof Fault.Status status) {
                int side = status.when().ordinal();
                statuses[side] = statuses[side] == null ? status : statuses[side];
            } else if (fault instanceof Fault.Failed) {
                failedBy = hit.planned().id();
            } else if (fault instanceof Fault.Pending) {
                heldBy = hit.planned().id();
                heldUntilMicros = hit.endsMicros();
            } else if (fault instanceof Fault.Trickle trickle) {
                perByte = trickle.perByte().toMillis();
            } else {
                partial |= fault instanceof Fault.Partial;
                garbled |= fault instanceof Fault.Garbled;
            }
        }
    }
}
