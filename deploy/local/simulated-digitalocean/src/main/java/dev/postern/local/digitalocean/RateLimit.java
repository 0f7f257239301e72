package dev.postern.local.digitalocean;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/** What one token may still ask: a sliding hour, and a sliding minute for bursts. A refused call uses up nothing. */
final class RateLimit {
    private static final long MINUTE_MICROS = 60_000_000L;
    private static final long HOUR_MICROS = 60 * MINUTE_MICROS;

    private final Deque<Long> hour = new ArrayDeque<>();
    private final Deque<Long> minute = new ArrayDeque<>();

    /** Takes one call; -1 if it may pass, else after how many seconds it may be tried again. */
    long take(Settings settings, long nowMicros) {
        forget(nowMicros);
        if (settings.requestsPerMinute() > 0 && minute.size() >= settings.requestsPerMinute()) {
            return secondsUntil(minute.getFirst() + MINUTE_MICROS, nowMicros);
        }
        if (settings.requestsPerHour() > 0 && hour.size() >= settings.requestsPerHour()) {
            return secondsUntil(hour.getFirst() + HOUR_MICROS, nowMicros);
        }
        if (settings.requestsPerMinute() > 0) {
            minute.addLast(nowMicros);
        }
        if (settings.requestsPerHour() > 0) {
            hour.addLast(nowMicros);
        }
        return -1;
    }

    /** The headers of an answer. Without a limit they show one that nobody reaches. {@code ratelimit-reset}: when the oldest call expires. */
    Map<String, String> headers(Settings settings, long nowMicros) {
        int limit = settings.requestsPerHour() > 0 ? settings.requestsPerHour() : Integer.MAX_VALUE;
        long oldest = hour.isEmpty() ? nowMicros : hour.getFirst();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ratelimit-limit", Integer.toString(limit));
        headers.put("ratelimit-remaining", Integer.toString(Math.max(0, limit - hour.size())));
        headers.put("ratelimit-reset", Long.toString((oldest + HOUR_MICROS) / 1_000_000L));
        return headers;
    }

    private void forget(long nowMicros) {
        while (!minute.isEmpty() && minute.getFirst() + MINUTE_MICROS <= nowMicros) {
            minute.removeFirst();
        }
        while (!hour.isEmpty() && hour.getFirst() + HOUR_MICROS <= nowMicros) {
            hour.removeFirst();
        }
    }

    private static long secondsUntil(long micros, long nowMicros) {
        return Math.max(1, (micros - nowMicros + 999_999) / 1_000_000);
    }
}
