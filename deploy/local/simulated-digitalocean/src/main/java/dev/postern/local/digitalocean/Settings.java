// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

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
 * @param accounts token → name of its account; the first is the one that has the sample data
 * @param pendingChangesDelay how long a firewall's change stays in {@code pending_changes}; zero: the answer of the write already shows it settled
 * @param requestsPerHour per token, sliding; 0: no limit
 * @param requestsPerMinute per token, the burst limit; 0: no limit
 * @param sampleData whether the first account starts with projects, Droplets, tags, domains, a registry and two firewalls
 * @param callsRecorded how many of the latest calls are kept, fewer where their bodies are large
 * @param bodiesRecorded whether the record has the bodies of request and answer
 * @param undocumented what the official documentation leaves open
 * @param clockMicros the clock: microseconds since the epoch
 * @param linkBase scheme and host of every link in an answer; a client that follows a link past its proxy asks a host that does not exist
 * @param scopes token → the scopes that it has, for tokens that do not have every one
 */
public record Settings(Map<String, String> accounts, Duration pendingChangesDelay, int requestsPerHour, int requestsPerMinute,
                       boolean sampleData, int callsRecorded, boolean bodiesRecorded, Undocumented undocumented, LongSupplier clockMicros, String linkBase,
                       Map<String, Set<String>> scopes) {

    /** A sample: it opens nothing but a simulation. */
    public static final String SAMPLE_TOKEN = "dop_v1_simulated_local_stack";
    /** Name of the account of {@link #SAMPLE_TOKEN}. */
    public static final String SAMPLE_ACCOUNT = "acme";
    /** A host name that is reserved for names that never resolve (RFC 6761, section 6.4). */
    public static final String LINK_BASE = "http://api.simulated.invalid";
    static final int CLOUD_REQUESTS_PER_HOUR = 5_000;
    static final int CLOUD_REQUESTS_PER_MINUTE = 250;

    /** Copies the accounts, in their order. */
    public Settings {
        if (accounts.isEmpty()) {
            throw new IllegalArgumentException("a simulation needs at least one account");
        }
        if (pendingChangesDelay.isNegative() || requestsPerHour < 0 || requestsPerMinute < 0 || callsRecorded < 0) {
            throw new IllegalArgumentException("delays, limits and sizes are not negative");
        }
        accounts = Collections.unmodifiableMap(new LinkedHashMap<>(accounts));
        scopes = Map.copyOf(scopes);
    }

    /** Returns settings like the cloud's: limits on, changes pending for 300 ms; one account, with the sample data. */
    public static Settings likeTheCloud() {
        return new Settings(Map.of(SAMPLE_TOKEN, SAMPLE_ACCOUNT), Duration.ofMillis(300), CLOUD_REQUESTS_PER_HOUR, CLOUD_REQUESTS_PER_MINUTE,
            true, 10_000, true, Undocumented.DEFAULT, Settings::systemMicros, LINK_BASE, Map.of());
    }

    /** Returns settings for tests: no limits, changes settled at once; one account, with the sample data. */
    public static Settings forTests() {
        return likeTheCloud().withPendingChangesDelay(Duration.ZERO).withLimits(0, 0);
    }

    public Settings withAccounts(Map<String, String> tokenToName) {
        return new Settings(tokenToName, pendingChangesDelay, requestsPerHour, requestsPerMinute, sampleData, callsRecorded, bodiesRecorded,
            undocumented, clockMicros, linkBase, scopes);
    }

    public Settings withPendingChangesDelay(Duration delay) {
        return new Settings(accounts, delay, requestsPerHour, requestsPerMinute, sampleData, callsRecorded, bodiesRecorded, undocumented,
            clockMicros, linkBase, scopes);
    }

    /** Zero lifts a limit. */
    public Settings withLimits(int perHour, int perMinute) {
        return new Settings(accounts, pendingChangesDelay, perHour, perMinute, sampleData, callsRecorded, bodiesRecorded, undocumented, clockMicros,
            linkBase, scopes);
    }

    public Settings withSampleData(boolean wanted) {
        return new Settings(accounts, pendingChangesDelay, requestsPerHour, requestsPerMinute, wanted, callsRecorded, bodiesRecorded,
            undocumented, clockMicros, linkBase, scopes);
    }

    public Settings withRecord(int calls, boolean bodies) {
        return new Settings(accounts, pendingChangesDelay, requestsPerHour, requestsPerMinute, sampleData, calls, bodies, undocumented, clockMicros,
            linkBase, scopes);
    }

    public Settings withUndocumented(Undocumented choice) {
        return new Settings(accounts, pendingChangesDelay, requestsPerHour, requestsPerMinute, sampleData, callsRecorded, bodiesRecorded,
            choice, clockMicros, linkBase, scopes);
    }

    public Settings withClock(LongSupplier micros) {
        return new Settings(accounts, pendingChangesDelay, requestsPerHour, requestsPerMinute, sampleData, callsRecorded, bodiesRecorded,
            undocumented, micros, linkBase, scopes);
    }

    /** @param base scheme and host, without a slash at the end */
    public Settings withLinkBase(String base) {
        return new Settings(accounts, pendingChangesDelay, requestsPerHour, requestsPerMinute, sampleData, callsRecorded, bodiesRecorded,
            undocumented, clockMicros, base, scopes);
    }

    /** The token has these scopes and no others, from the next call on. A call that needs another one is answered with 403. */
    public Settings withScopes(String token, Set<String> only) {
        Map<String, Set<String>> all = new LinkedHashMap<>(scopes);
        all.put(token, Set.copyOf(only));
        return new Settings(accounts, pendingChangesDelay, requestsPerHour, requestsPerMinute, sampleData, callsRecorded, bodiesRecorded, undocumented,
            clockMicros, linkBase, all);
    }

    /** Every token has every scope. */
    public Settings withEveryScope() {
        return new Settings(accounts, pendingChangesDelay, requestsPerHour, requestsPerMinute, sampleData, callsRecorded, bodiesRecorded, undocumented,
            clockMicros, linkBase, Map.of());
    }

    long delayMicros() {
        return pendingChangesDelay.toNanos() / 1_000;
    }

    /** Without the tokens. */
    @Override
    public String toString() {
        return "Settings[accounts=" + accounts.values() + ", pendingChangesDelay=" + pendingChangesDelay + ", requestsPerHour=" + requestsPerHour
            + ", requestsPerMinute=" + requestsPerMinute + ", undocumented=" + undocumented + "]";
    }

    private static long systemMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }
}
