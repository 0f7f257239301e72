// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.token.LogKeys;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/**
 * Logs refusals with the id that the client got in {@code x-request-id}, so that an operator finds what a client quotes. Limited to {@value
 * #LINES_PER_SECOND_MAX} lines a second, so that garbage cannot fill the disk. Refusals of live tokens are in api-called events without that limit.
 */
final class RefusalLog {
    private static final Logger LOG = Logger.getLogger(RefusalLog.class);
    private static final int LINES_PER_SECOND_MAX = 20;
    private static final int COUNT_BITS = 16;
    private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;
    private static final long MS_PER_SECOND = 1_000;
    /** The second in the upper bits, the lines of that second in the lower ones. */
    private static final AtomicLong LINES = new AtomicLong();

    private RefusalLog() {}

    /** Writes one line, without anything that the client sent. */
    static void refused(String id, int status, String rule) {
        if (LOG.isInfoEnabled() && mayWrite(System.currentTimeMillis() / MS_PER_SECOND)) {
            LOG.info("Gateway refused a call " + LogKeys.CALL + id + " " + LogKeys.STATUS + status + " " + LogKeys.RULE + rule);
        }
    }

    private static boolean mayWrite(long second) {
        return (LINES.updateAndGet(known -> known >> COUNT_BITS != second ? second << COUNT_BITS | 1
            : (known & COUNT_MASK) > LINES_PER_SECOND_MAX ? known : known + 1) & COUNT_MASK) <= LINES_PER_SECOND_MAX;
    }
}
