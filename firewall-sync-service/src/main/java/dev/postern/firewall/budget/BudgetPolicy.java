// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.budget;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Decides whether a service may call its account's provider now, and how far apart changes begin. Nothing waits while budget is left. Closings come first:
 * a reserve is kept for them that openings cannot touch.
 *
 * @param perMinute calls in a minute
 * @param perPeriod calls in a period
 * @param period    of the provider's limit
 */
public record BudgetPolicy(int perMinute, int perPeriod, Duration period) {
    /** DigitalOcean: 250 a minute, 5,000 an hour for one token (its API's document, "Rate Limit"). */
    public static final BudgetPolicy DIGITALOCEAN = new BudgetPolicy(250, 5_000, Duration.ofHours(1));
    /** Cloudflare: 1,200 in five minutes for one user ("Rate limits"); half of it in one minute at most. */
    public static final BudgetPolicy CLOUDFLARE = new BudgetPolicy(600, 1_200, Duration.ofMinutes(5));

    /** Never used: room for calls that were counted late, and for others that use the credential. */
    private static final double MARGIN = 0.06;
    private static final double RESERVE_MIN = 0.1;
    private static final double RESERVE_MAX = 0.2;
    /** Below this part of the budget, changes gather. */
    private static final double SCARCE = 0.25;
    /** Beyond this part of the budget, a service's openings keep to its share. */
    private static final double SHARED_FROM = 0.75;
    private static final double CHECK_LEAVES = 0.3;
    /** A period that is shorter is used up within minutes: it is paced by the rate of calls, before little is left. */
    private static final Duration SHORT_PERIOD = Duration.ofMinutes(10);
    /** The part of a short period's budget that changes are paced to use, so that closings and checks find some left. */
    private static final double STEADY = 0.75;
    private static final double MINUTE_SECONDS = 60;
    private static final double PLENTY = 0.5;
    private static final double CALLS_PER_CHANGE_USUAL = 3;
    private static final Duration MINUTE_WAIT = Duration.ofSeconds(2);
    private static final Duration PERIOD_WAIT_MAX = Duration.ofSeconds(10);
    private static final int PERIOD_WAITS = 60;
    private static final Duration GATHER = Duration.ofMillis(1_900);
    private static final int GATHER_DOUBLINGS_MAX = 5;
    /** Gathering time of closings while little of the minute's budget is used, and of expiries until much of it is; two seconds with the provider's time. */
    private static final Duration GATHER_CLOSINGS = Duration.ofMillis(1_500);
    private static final double QUIET_MINUTE = 0.2;
    /** Beyond this part of the minute's budget, a busy service's expiries gather twice as long. */
    private static final double BUSY_MINUTE = 0.45;
    private static final double CALLS_AT_ONCE = 0.032;

    /** The purpose of a call, the most urgent first. */
    public enum Urgency {
        /** An access has ended. */
        CLOSING,
        /** An access waits to be opened. */
        OPENING,
        /** Nothing is known to be amiss. */
        CHECK
    }

    /**
     * The state of an account's budget.
     *
     * @param use      calls that were counted
     * @param said     calls left as the provider said a moment ago, if it did: it knows better than a count, and others may use the credential
     * @param closings calls for closings in the last period
     */
    public record State(CallUse use, OptionalDouble said, int closings) {}

    /**
     * The spacing between changes of one service.
     *
     * @param opening  where nothing closes
     * @param closing  where something closes
     * @param expiring where all that closes has expired and nothing else waits
     * @param scarce   whether it is because the budget is scarce
     * @param interval between any two changes of the account
     * @param patient  whether the provider gets the time that it usually takes before it is asked whether it is done
     */
    public record Pace(Duration opening, Duration closing, Duration expiring, boolean scarce, Duration interval, boolean patient) {
        /** Every change begins at once. */
        public static final Pace NONE = new Pace(Duration.ZERO, Duration.ZERO, Duration.ZERO, false, Duration.ZERO, false);

        /** Returns the pace where a queue decides when changes begin, for the provider takes one after the other. */
        public Pace queued() {
            return new Pace(Duration.ZERO, Duration.ZERO, Duration.ZERO, scarce, interval, true);
        }
    }

    /** Returns how many calls of the period are kept for closings: as many as closings made in the last one, within 10 and 20 %. */
    public double reserve(int closings) {
        return Math.min(usable(perPeriod) * RESERVE_MAX, Math.max(usable(perPeriod) * RESERVE_MIN, closings));
    }

    private static double usable(int limit) {
        return limit * (1 - MARGIN);
    }

    /** Returns how many calls of the period are left. */
    public double left(State state) {
        double counted = usable(perPeriod) - state.use().period();
        return state.said().isPresent() ? Math.min(state.said().getAsDouble() - perPeriod * MARGIN, usable(perPeriod)) : counted;
    }

    /** Returns whether the budget is so short that changes gather; a period of minutes also if calls at this rate would use it up. */
    public boolean scarce(State state) {
        boolean soon = period.compareTo(SHORT_PERIOD) <= 0
            && state.use().minute() / MINUTE_SECONDS * period.toSeconds() > usable(perPeriod) * STEADY;
        return soon || left(state) < usable(perPeriod) * SCARCE;
    }

    /**
     * Returns how long to wait before asking again; empty if the calls may be made now.
     *
     * @param calls how many, beyond {@code state}
     */
    public Optional<Duration> waitFor(State state, Urgency urgency, int calls) {
        double kept = urgency == Urgency.CLOSING ? 0
            : urgency == Urgency.OPENING ? reserve(state.closings()) : Math.max(reserve(state.closings()), usable(perPeriod) * CHECK_LEAVES);
        double left = left(state);
        CallUse use = state.use();
        if (left - kept < calls || overShare(urgency, usable(perPeriod) - left, use.periodOfService(), use.servicesPeriod(), perPeriod, calls)) {
            Duration part = period.dividedBy(PERIOD_WAITS);
            return Optional.of(part.compareTo(PERIOD_WAIT_MAX) > 0 ? PERIOD_WAIT_MAX : part);
        }
        double keptOfMinute = usable(perMinute) * (urgency == Urgency.CLOSING ? 0 : urgency == Urgency.OPENING ? RESERVE_MIN : CHECK_LEAVES);
        if (usable(perMinute) - use.minute() - keptOfMinute < calls
            || overShare(urgency, use.minute(), use.minuteOfService(), use.servicesMinute(), perMinute, calls)) {
            return Optional.of(MINUTE_WAIT);
        }
        return Optional.empty();
    }

    /** Returns true if the budget is short and the service has used its share of it. Closings are spaced by their pace alone. */
    private static boolean overShare(Urgency urgency, double used, long usedByService, int services, int limit, int calls) {
        return urgency != Urgency.CLOSING && used + calls > usable(limit) * SHARED_FROM
            && usedByService + calls > Math.max(calls, usable(limit) / Math.max(1, services));
    }

    /**
     * Returns how far apart changes begin. While budget is left: not at all, or below two seconds where a service changes all the time. Where it is scarce: so
     * that the services that are changing now use what is left at a rate which lasts, in doublings of one length, so that the changes of all services begin
     * at the same moments and one listing serves all of them.
     *
     * @param recent what was measured
     */
    public Pace pace(State state, RecentCalls recent, Instant now) {
        CallUse use = state.use();
        boolean burst = use.minuteOfService() >= CALLS_AT_ONCE * perMinute;
        double left = left(state);
        if (!scarce(state)) {
            double minute = use.minute() / usable(perMinute);
            Duration closing = minute > QUIET_MINUTE ? GATHER : GATHER_CLOSINGS;
            return burst ? new Pace(GATHER, closing, minute > BUSY_MINUTE ? GATHER.multipliedBy(2) : GATHER_CLOSINGS, false, Duration.ZERO, true) : Pace.NONE;
        }
        long used = Math.round(usable(perPeriod) - left);
        double perChange = recent.callsPerChange(now);
        double closingRate = recent.sustainable(left, used, now);
        double openingRate = recent.sustainable(left - reserve(state.closings()), used, now);
        Duration closing = doubled(use.servicesMinute() * perChange / closingRate);
        return new Pace(doubled(use.servicesMinute() * perChange / openingRate), closing, closing, true,
            interval(perChange, left), true);
    }

    /** The pace of changes that come one after the other: at three quarters of the rate that the provider takes, at half of that where a tenth is left. */
    private Duration interval(double callsPerChange, double left) {
        double part = left < usable(perPeriod) * RESERVE_MIN ? STEADY / 2 : STEADY;
        double cost = left > usable(perPeriod) * PLENTY ? Math.min(callsPerChange, CALLS_PER_CHANGE_USUAL) : callsPerChange; // a start costs more
        return Duration.ofMillis(Math.round(cost * period.toMillis() / (usable(perPeriod) * part)));
    }

    private static Duration doubled(double seconds) {
        Duration spacing = GATHER;
        for (int doubled = 0; doubled < GATHER_DOUBLINGS_MAX && spacing.toMillis() < seconds * 1_000; doubled++) {
            spacing = spacing.multipliedBy(2);
        }
        return spacing;
    }
}
