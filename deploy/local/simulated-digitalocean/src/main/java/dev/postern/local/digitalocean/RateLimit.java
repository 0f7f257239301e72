// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import dev.postern.local.simulated.SlidingWindow;
import java.util.LinkedHashMap;
import java.util.Map;

/** Rate limiter of one token: a sliding hour, and a sliding minute for bursts. A refused call uses up nothing. */
final class RateLimit {
    private static final long MINUTE_MICROS = 60_000_000L;
    private static final long HOUR_MICROS = 60 * MINUTE_MICROS;

    private final SlidingWindow hour = new SlidingWindow(HOUR_MICROS);
    private final SlidingWindow minute = new SlidingWindow(MINUTE_MICROS);

    /** Takes one call; -1 if it may pass, else after how many seconds it may be tried again. */
    long take(Settings settings, long nowMicros) {
        if (settings.requestsPerMinute() > 0 && minute.total(nowMicros) >= settings.requestsPerMinute()) {
            return minute.secondsUntilLess(nowMicros);
        }
        if (settings.requestsPerHour() > 0 && hour.total(nowMicros) >= settings.requestsPerHour()) {
            return hour.secondsUntilLess(nowMicros);
        }
        if (settings.requestsPerMinute() > 0) {
            minute.add(1, nowMicros);
        }
        if (settings.requestsPerHour() > 0) {
            hour.add(1, nowMicros);
        }
        return -1;
    }

    /** The headers of an answer. Without a limit they show one that nobody reaches. {@code ratelimit-reset}: when the oldest call expires. */
    Map<String, String> headers(Settings settings, long nowMicros) {
        int limit = settings.requestsPerHour() > 0 ? settings.requestsPerHour() : Integer.MAX_VALUE;
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ratelimit-limit", Integer.toString(limit));
        headers.put("ratelimit-remaining", Long.toString(Math.max(0, limit - hour.total(nowMicros))));
        headers.put("ratelimit-reset", Long.toString(hour.oldestLeavesMicros(nowMicros) / 1_000_000L));
        return headers;
    }
}
