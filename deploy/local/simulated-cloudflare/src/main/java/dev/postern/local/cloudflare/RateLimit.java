// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import dev.postern.local.simulated.SlidingWindow;
import java.util.LinkedHashMap;
import java.util.Map;

/** Rate limiter of one token: a number of requests in five minutes; a token over it is refused everything for five minutes. */
final class RateLimit {
    private static final long WINDOW_SECONDS = 300;
    private static final long WINDOW_MICROS = WINDOW_SECONDS * 1_000_000;

    private final SlidingWindow window = new SlidingWindow(WINDOW_MICROS);
    private long blockedUntilMicros = Long.MIN_VALUE;

    /** Takes one call; -1 if it may pass, else after how many seconds it may be tried again. */
    long take(int limit, long nowMicros) {
        if (limit == 0) {
            return -1;
        }
        if (nowMicros < blockedUntilMicros) {
            return seconds(blockedUntilMicros - nowMicros);
        }
        if (window.total(nowMicros) >= limit) {
            blockedUntilMicros = nowMicros + WINDOW_MICROS;
            return WINDOW_SECONDS;
        }
        window.add(1, nowMicros);
        return -1;
    }

    /** {@code Ratelimit} and {@code Ratelimit-Policy}; none without a limit. */
    Map<String, String> headers(int limit, long nowMicros) {
        if (limit == 0) {
            return Map.of();
        }
        boolean blocked = nowMicros < blockedUntilMicros;
        long remaining = blocked ? 0 : Math.max(0, limit - window.total(nowMicros));
        long resets = seconds((blocked ? blockedUntilMicros : window.oldestLeavesMicros(nowMicros)) - nowMicros);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ratelimit", "\"default\";r=" + remaining + ";t=" + resets);
        headers.put("ratelimit-policy", "\"default\";q=" + limit + ";w=" + WINDOW_SECONDS);
        return headers;
    }

    private static long seconds(long micros) {
        return Math.max(1, (micros + 999_999) / 1_000_000);
    }
}
