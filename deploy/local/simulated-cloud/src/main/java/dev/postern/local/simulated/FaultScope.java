// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

import java.time.Duration;
import java.util.Set;

/**
 * Which calls a fault hits.
 *
 * @param methods empty: every method
 * @param path a pattern: {@code *} stands for one segment, {@code **} as the last one for any rest
 * @param account name of the account, or null for every one
 * @param skip how many of the calls that match pass unharmed first
 * @param times how many it hits at most; null: no limit
 * @param lasting for how long it hits, by the simulation's clock, from when it was set; null: until it is cleared
 * @param probability with which a call that matches is hit, from 0 to 1
 * @param seed of the chance: the same seed hits the same calls in their order
 */
public record FaultScope(Set<String> methods, String path, String account, long skip, Long times, Duration lasting, double probability, long seed) {
    /** Every call, until it is cleared. */
    public static final FaultScope EVERYTHING = new FaultScope(Set.of(), "/**", null, 0, null, null, 1, 0);

    public FaultScope {
        methods = Set.copyOf(methods);
        boolean counts = skip >= 0 && (times == null || times > 0) && (lasting == null || !lasting.isNegative());
        if (!path.startsWith("/") || !counts || !(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("a scope has a path from its / on, counts that are not negative, and a probability from 0 to 1");
        }
    }

    /** Calls with that method and path, until it is cleared. */
    public static FaultScope on(String method, String path) {
        return new FaultScope(Set.of(method), path, null, 0, null, null, 1, 0);
    }

    /** Calls with that path, until it is cleared. */
    public static FaultScope onPath(String path) {
        return new FaultScope(Set.of(), path, null, 0, null, null, 1, 0);
    }

    public FaultScope ofAccount(String name) {
        return new FaultScope(methods, path, name, skip, times, lasting, probability, seed);
    }

    public FaultScope skipping(long calls) {
        return new FaultScope(methods, path, account, calls, times, lasting, probability, seed);
    }

    public FaultScope times(long most) {
        return new FaultScope(methods, path, account, skip, most, lasting, probability, seed);
    }

    public FaultScope lasting(Duration time) {
        return new FaultScope(methods, path, account, skip, times, time, probability, seed);
    }

    public FaultScope withProbability(double chance, long withSeed) {
        return new FaultScope(methods, path, account, skip, times, lasting, chance, withSeed);
    }

    boolean matches(String method, String calledPath, String ofAccount) {
        return (methods.isEmpty() || methods.contains(method)) && (account == null || account.equals(ofAccount)) && matches(calledPath);
    }

    private boolean matches(String called) {
        String[] pattern = path.split("/", -1);
        String[] segments = called.split("/", -1);
        for (int at = 0; at < pattern.length; at++) {
            if (pattern[at].equals("**") && at == pattern.length - 1) {
                return true;
            }
            if (at >= segments.length || !pattern[at].equals("*") && !pattern[at].equals(segments[at])) {
                return false;
            }
        }
        return pattern.length == segments.length;
    }
}
