// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Microseconds since the epoch, as RFC 3339. */
final class Times {
    private Times() {
    }

    static String rfc3339(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
    }
}
