// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Settings of a simulation.
 *
 * @param accounts token → id of its account, 32 hexadecimal digits
 * @param bulkOperationDelay how long a bulk operation takes, the first half of it pending, the second running; zero: whoever asks next finds it completed
 * @param limits what may be had and asked
 * @param echo how a bare address is shown again
 * @param callsRecorded how many of the latest calls are kept, fewer where their bodies are large
 * @param bodiesRecorded whether the record has the bodies of request and answer
 * @param clockMicros the clock: microseconds since the epoch
 * @param permissions token → the permissions that it has, for tokens that do not have every one
 */
public record Settings(Map<String, String> accounts, Duration bulkOperationDelay, Limits limits, Echo echo, int callsRecorded, boolean bodiesRecorded,
                       LongSupplier clockMicros, Map<String, Set<String>> permissions) {
    /** A sample: it opens nothing but a simulation. */
    public static final String SAMPLE_TOKEN = "cloudflare_simulated_local_stack";
    /** Id of the account of {@link #SAMPLE_TOKEN}. */
    public static final String SAMPLE_ACCOUNT = "5a3b1e0acc0000000000000000000001";

    /** 1.2.3.4 given; the documentation has both. */
    public enum Echo {
        /** 1.2.3.4 shown. */
        AS_GIVEN,
        /** 1.2.3.4/32 shown (IPv6: /128). */
        AS_NETWORK
    }

    /**
     * Limits. Of those of requests and changes 0 lifts one.
     *
     * @param requestsPerFiveMinutes per token; whoever exceeds it is blocked for five minutes
     * @param itemRequestsPer12Hours requests per account that change items
     * @param itemChangesPer12Hours items per account that such requests name
     * @param lists per account
     * @param items per account, in all its lists
     * @param ipv6PrefixMax the narrowest IPv6 network: 64, or 128 as younger documentation says
     */
    public record Limits(int requestsPerFiveMinutes, int itemRequestsPer12Hours, int itemChangesPer12Hours, int lists, int items, int ipv6PrefixMax) {
        /** Limits that the documentation gives for an account without Enterprise. */
        public static final Limits DOCUMENTED = new Limits(1_200, 30_000, 1_000_000, 10, 10_000, 64);
        /** Nothing is limited but what an address may be. */
        public static final Limits NONE = new Limits(0, 0, 0, Integer.MAX_VALUE, Integer.MAX_VALUE, 64);

        /** Refuses what is none. */
        public Limits {
            if (requestsPerFiveMinutes < 0 || itemRequestsPer12Hours < 0 || itemChangesPer12Hours < 0 || lists < 0 || items < 0
                || ipv6PrefixMax < 12 || ipv6PrefixMax > 128) {
                throw new IllegalArgumentException("limits are not negative, and an IPv6 prefix is from 12 to 128");
            }
        }

        public Limits withRequestsPerFiveMinutes(int most) {
            return new Limits(most, itemRequestsPer12Hours, itemChangesPer12Hours, lists, items, ipv6PrefixMax);
        }

        public Limits withItemWrites(int requests, int changes) {
            return new Limits(requestsPerFiveMinutes, requests, changes, lists, items, ipv6PrefixMax);
        }

        public Limits withCapacity(int mostLists, int mostItems) {
            return new Limits(requestsPerFiveMinutes, itemRequestsPer12Hours, itemChangesPer12Hours, mostLists, mostItems, ipv6PrefixMax);
        }

        public Limits withIpv6PrefixMax(int prefix) {
            return new Limits(requestsPerFiveMinutes, itemRequestsPer12Hours, itemChangesPer12Hours, lists, items, prefix);
        }
    }

    /** Copies the accounts, in their order. */
    public Settings {
        if (accounts.isEmpty() || !accounts.values().stream().allMatch(id -> id.matches("[0-9a-f]{32}"))) {
            throw new IllegalArgumentException("a simulation needs at least one account, with an id of 32 hexadecimal digits");
        }
        if (bulkOperationDelay.isNegative() || callsRecorded < 0) {
            throw new IllegalArgumentException("delays and sizes are not negative");
        }
        accounts = Collections.unmodifiableMap(new LinkedHashMap<>(accounts));
        permissions = Map.copyOf(permissions);
    }

    /** Returns settings like the cloud's: limits on, a bulk operation takes half a second; one account without any list. */
    public static Settings likeTheCloud() {
        return new Settings(Map.of(SAMPLE_TOKEN, SAMPLE_ACCOUNT), Duration.ofMillis(500), Limits.DOCUMENTED, Echo.AS_GIVEN, 10_000, true,
            () -> ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()), Map.of());
    }

    /** Returns settings for tests: no limits, bulk operations complete at once; one account without any list. */
    public static Settings forTests() {
        return likeTheCloud().withBulkOperationDelay(Duration.ZERO).withLimits(Limits.NONE);
    }

    public Settings withAccounts(Map<String, String> tokenToId) {
        return new Settings(tokenToId, bulkOperationDelay, limits, echo, callsRecorded, bodiesRecorded, clockMicros, permissions);
    }

    public Settings withBulkOperationDelay(Duration delay) {
        return new Settings(accounts, delay, limits, echo, callsRecorded, bodiesRecorded, clockMicros, permissions);
    }

    public Settings withLimits(Limits other) {
        return new Settings(accounts, bulkOperationDelay, other, echo, callsRecorded, bodiesRecorded, clockMicros, permissions);
    }

    public Settings withEcho(Echo other) {
        return new Settings(accounts, bulkOperationDelay, limits, other, callsRecorded, bodiesRecorded, clockMicros, permissions);
    }

    public Settings withRecord(int calls, boolean bodies) {
        return new Settings(accounts, bulkOperationDelay, limits, echo, calls, bodies, clockMicros, permissions);
    }

    public Settings withClock(LongSupplier micros) {
        return new Settings(accounts, bulkOperationDelay, limits, echo, callsRecorded, bodiesRecorded, micros, permissions);
    }

    /** The token has these permissions and no others, from the next call on. A call that needs another one is answered with 403. */
    public Settings withPermissions(String token, Set<String> only) {
        Map<String, Set<String>> all = new LinkedHashMap<>(permissions);
        all.put(token, Set.copyOf(only));
        return new Settings(accounts, bulkOperationDelay, limits, echo, callsRecorded, bodiesRecorded, clockMicros, all);
    }

    /** Every token has every permission. */
    public Settings withEveryPermission() {
        return new Settings(accounts, bulkOperationDelay, limits, echo, callsRecorded, bodiesRecorded, clockMicros, Map.of());
    }

    long delayMicros() {
        return bulkOperationDelay.toNanos() / 1_000;
    }

    /** Without the tokens. */
    @Override
    public String toString() {
        return "Settings[accounts=" + accounts.values() + ", bulkOperationDelay=" + bulkOperationDelay + ", limits=" + limits + ", echo=" + echo + "]";
    }
}
