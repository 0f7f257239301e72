// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.upstream;

import dev.postern.token.port.BudgetBook;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tells a client of its own part of the account's calls, in the headers that the provider uses for the account's. */
public final class RateLimitHeaders {
    private static final CharSequence LIMIT = HttpHeaders.createOptimized("ratelimit-limit");
    private static final CharSequence REMAINING = HttpHeaders.createOptimized("ratelimit-remaining");
    private static final CharSequence RESET = HttpHeaders.createOptimized("ratelimit-reset");

    private RateLimitHeaders() {}

    public static void put(BudgetBook.Quota quota, MultiMap headers) {
        headers.set(LIMIT, Long.toString(quota.limit())).set(REMAINING, Long.toString(quota.remaining())).set(RESET, Long.toString(quota.resetAt()));
    }

    /** The headers of a 429. */
    public static Map<String, String> of(BudgetBook.Spent spent) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("retry-after", Long.toString(spent.freeIn().toSeconds()));
        spent.quota().ifPresent(quota -> {
            headers.put(LIMIT.toString(), Long.toString(quota.limit()));
            headers.put(REMAINING.toString(), Long.toString(quota.remaining()));
            headers.put(RESET.toString(), Long.toString(quota.resetAt()));
        });
        return headers;
    }

    /** Whose calls are used up. */
    public static String message(BudgetBook.Spent spent) {
        return spent.ownPart() ? "API Rate limit exceeded. This token's part of the account's calls is used up; others still have theirs."
            : "API Rate limit exceeded. The account's calls are used up for all tokens.";
    }
}
