// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Microseconds since the epoch, and how DigitalOcean writes an instant. */
final class Times {
    private Times() {
    }

    static String iso(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L)).truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
