package dev.postern.firewall;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Decides whether a service may make calls of its account's budget now. What closes comes first: the others leave a part of the budget to it. Each
 * service may have its share; more than that only while less than half is used.
 *
 * @param perMinute calls that the provider takes in a minute
 * @param perHour   calls that the provider takes in an hour
 */
public record ShareCalls(int perMinute, int perHour) {
    /** DigitalOcean: 250 a minute, 5,000 an hour for one token (its API's document, "Rate Limit"). */
    public static final ShareCalls DIGITALOCEAN = new ShareCalls(250, 5_000);
    /** Cloudflare: 1,200 in five minutes for one user ("API rate limits"). */
    public static final ShareCalls CLOUDFLARE = new ShareCalls(240, 2_880);

    /** What is never used: room for calls that were counted late, and for whoever else uses the credential. */
    private static final double MARGIN = 0.06;
    private static final double PLENTY = 0.5;
    private static final Duration MINUTE_WAIT = Duration.ofSeconds(2);
    private static final Duration HOUR_WAIT = Duration.ofSeconds(10);
    private static final Duration GATHER = Duration.ofMillis(1_700);
    private static final int GATHER_DOUBLINGS_MAX = 4;
    private static final double CALLS_PER_CHANGE = 1.6;
    private static final double CALLS_AT_ONCE = 0.032;
    private static final double RELAXED = 0.1;
    private static final double TIGHT = 0.4;
    private static final double VERY_TIGHT = 0.6;
    private static final double SECONDS_PER_HOUR = 3_600;

    /** For what a call is made; what comes later gives way to what comes earlier. */
    public enum Urgency {
        /** Somebody's access is over. */
        CLOSING(0, 3),
        /** Somebody waits for access. */
        OPENING(0.1, 1),
        /** Nothing is known to be amiss. */
        CHECK(0.3, 1);

        private final double leaves;
        private final int shares;

        Urgency(double leaves, int shares) {
            this.leaves = leaves;
            this.shares = shares;
        }
    }

    /**
     * For how long to wait; empty if the calls may be made now.
     *
     * @param use       what was used, without these calls
     * @param urgency   for what they are
     * @param remaining what the provider's headers said is left of the hour, if they did: somebody else may use the credential too
     * @param calls     how many
     */
    public Optional<Duration> waitFor(CallUse use, Urgency urgency, OptionalLong remaining, int calls) {
        double usedHour = Math.max(use.hour(), remaining.isPresent() ? perHour - remaining.getAsLong() : 0);
        if (!fits(perHour, usedHour, use.hourOfService(), use.servicesHour(), urgency, calls)) {
            return Optional.of(HOUR_WAIT);
        }
        return fits(perMinute, use.minute(), use.minuteOfService(), use.servicesMinute(), urgency, calls) ? Optional.empty() : Optional.of(MINUTE_WAIT);
    }

    private static boolean fits(int limit, double used, double usedByService, int services, Urgency urgency, int calls) {
        double usable = limit * (1 - MARGIN) * (1 - urgency.leaves);
        boolean plenty = used + calls <= usable * PLENTY;
        return used + calls <= usable && (plenty || usedByService + calls <= Math.max(calls, usable * urgency.shares / services));
    }

    /**
     * How far apart the changes of a service are to begin, so that meanwhile more of them gather: not at all while it is quiet, below two seconds in a
     * burst, and as much as the hour's budget needs when it runs short: 1.7 s, doubled up to four times. So the changes of all services of an account can
     * begin at the same moments, and one look serves all.
     */
    public Duration spacing(CallUse use) {
        double hour = use.hour() / (double) perHour;
        if (hour <= RELAXED) {
            return use.minuteOfService() < CALLS_AT_ONCE * perMinute ? Duration.ZERO : GATHER;
        }
        double sustainedSeconds = CALLS_PER_CHANGE * use.servicesHour() / (perHour / SECONDS_PER_HOUR);
        double paced = sustainedSeconds * 1_000 * Math.min(1, (hour - RELAXED) / (TIGHT - RELAXED)) * (hour > VERY_TIGHT ? 2 : 1);
        Duration spacing = GATHER;
        for (int doubled = 0; doubled < GATHER_DOUBLINGS_MAX && spacing.toMillis() < paced; doubled++) {
            spacing = spacing.multipliedBy(2);
        }
        return spacing;
    }
}
