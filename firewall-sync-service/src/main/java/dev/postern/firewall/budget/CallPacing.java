// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.budget;

import dev.postern.events.ServiceName;
import dev.postern.firewall.budget.BudgetPolicy.Pace;
import dev.postern.firewall.budget.BudgetPolicy.State;
import dev.postern.firewall.budget.BudgetPolicy.Urgency;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Lets calls of one account through while its budget lasts. They are counted for all processes in {@link Count}, a few at a time; while it is known that
 * little is used, no call waits for the counting. Where the provider's headers say what is left, they count, not we.
 */
public final class CallPacing {
    private static final int AT_ONCE = 4;
    private static final int BUSY_SERVICE = 8;
    private static final int UNCOUNTED_MAX = 12;
    private static final double QUIET = 0.25;
    private static final Duration KNOWN_FOR = Duration.ofMinutes(5);
    private static final Duration RESERVED_FOR = Duration.ofSeconds(50);
    private static final Duration SAID_FOR = Duration.ofSeconds(20);
    private static final Duration USE_KNOWN_FOR = Duration.ofMinutes(1);

    private final BudgetPolicy share;
    private final Count count;
    private final Supplier<CallBudget> said;
    private final Supplier<Instant> clock;
    private final RecentCalls recent;
    private final Map<ServiceName, Reserved> reserved = new ConcurrentHashMap<>();
    private final AtomicInteger uncounted = new AtomicInteger();
    private volatile Known known = new Known(CallUse.NONE, Instant.EPOCH);

    /** Counts calls over all processes. */
    public interface Count {
        /** @return what was used before these {@code calls} */
        Uni<CallUse> reserve(ServiceName service, int calls);

        /** They are not made after all. */
        Uni<Void> giveBack(ServiceName service, int calls);
    }

    private record Reserved(int calls, CallUse use, Instant at) {
        Reserved less() {
            return new Reserved(calls - 1, use, at);
        }
    }

    private record Known(CallUse use, Instant at) {}

    /**
     * Shares the budget.
     *
     * @param said what the provider's headers said last
     */
    public CallPacing(BudgetPolicy share, Count count, Supplier<CallBudget> said, Supplier<Instant> clock) {
        this.share = share;
        this.count = count;
        this.said = said;
        this.clock = clock;
        this.recent = new RecentCalls(share.period());
    }

    /** One call may be made; else it fails with {@link CloudFailure.Kind#SHARE} and the time after which to ask again. */
    public Uni<Void> take(ServiceName service, Urgency urgency) {
        Instant now = clock.get();
        boolean had = false;
        int atOnce;
        synchronized (this) {
            Reserved mine = reserved.get(service);
            atOnce = mine != null && mine.use().minuteOfService() >= BUSY_SERVICE ? AT_ONCE : 1; // what is counted and not made is missed by others
            if (mine != null && mine.calls() > 0 && mine.at().plus(RESERVED_FOR).isAfter(now)) {
                reserved.put(service, mine.less());
                had = true;
            } else if (quiet(now) && uncounted.get() + atOnce <= UNCOUNTED_MAX) {
                reserved.put(service, new Reserved(atOnce - 1, mine == null ? CallUse.NONE : mine.use(), now));
                uncounted.addAndGet(atOnce);
            } else {
                return counted(service, urgency, now, atOnce);
            }
            recent.called(urgency == Urgency.CLOSING, now);
        }
        if (!had) {
            count.reserve(service, atOnce).subscribe().with(use -> {
                uncounted.addAndGet(-atOnce);
                learn(service, use.plus(atOnce), clock.get(), 0);
            }, failure -> uncounted.addAndGet(-atOnce));
        }
        return Uni.createFrom().voidItem();
    }

    private Uni<Void> counted(ServiceName service, Urgency urgency, Instant now, int atOnce) {
        return count.reserve(service, atOnce).chain(use -> {
            State state = state(use, now);
            Optional<Duration> wait = share.waitFor(state, urgency, atOnce);
            if (wait.isPresent()) {
                learn(service, use, now, 0);
                return count.giveBack(service, atOnce).chain(() -> Uni.createFrom().failure(
                    CloudFailure.keptBack(CloudFailure.Kind.SHARE, words(state, urgency, now), wait)));
            }
            learn(service, use.plus(atOnce), now, atOnce - 1);
            synchronized (this) {
                recent.called(urgency == Urgency.CLOSING, now);
            }
            return Uni.createFrom().voidItem();
        });
    }

    private synchronized String words(State state, Urgency urgency, Instant now) {
        long left = Math.round(share.left(state));
        long kept = urgency == Urgency.CLOSING ? 0 : Math.round(share.reserve(state.closings()));
        Instant until = now.plus(recent.until(Math.max(AT_ONCE, kept + AT_ONCE - left), now)).truncatedTo(ChronoUnit.SECONDS);
        return "the account's budget is used up for now: " + state.use().minute() + " calls in the last minute of " + share.perMinute() + ", "
            + Math.max(0, left) + " left of " + share.perPeriod() + " in " + share.period() + (kept == 0 ? "" : ", " + kept + " of them kept for closings")
            + "; more is left at " + until + " at the latest";
    }

    private synchronized void learn(ServiceName service, CallUse use, Instant at, int more) {
        known = new Known(use, at);
        Reserved before = reserved.get(service);
        boolean valid = before != null && before.at().plus(RESERVED_FOR).isAfter(at);
        reserved.put(service, new Reserved((valid ? before.calls() : 0) + more, use, valid && more == 0 ? before.at() : at));
    }

    private boolean quiet(Instant now) {
        return known.at().plus(KNOWN_FOR).isAfter(now) && known.use().minute() < QUIET * share.perMinute()
            && share.left(state(known.use(), now)) > share.perPeriod() * (1 - QUIET);
    }

    private State state(CallUse use, Instant now) {
        return new State(use, said(use, now), recent.closings(now));
    }

    /** Returns the budget in the provider's last answer; less, where this account may use only a part of the provider's limit. */
    private OptionalDouble said(CallUse use, Instant now) {
        CallBudget budget = said.get();
        if (budget.saidAt() == null || budget.remaining().isEmpty() || !budget.saidAt().plus(SAID_FOR).isAfter(now)) {
            return OptionalDouble.empty();
        }
        double remaining = budget.remaining().getAsLong();
        boolean part = budget.limit().isPresent() && budget.limit().getAsLong() > share.perPeriod();
        return OptionalDouble.of(part ? Math.min(remaining, share.perPeriod() - use.period()) : remaining);
    }

    /** A change of a service was asked of the provider, whatever it took. */
    public synchronized void changed() {
        recent.changed(clock.get());
    }

    /** Returns how far apart changes of the service begin. */
    public synchronized Pace pace(ServiceName service) {
        Instant now = clock.get();
        Reserved mine = reserved.get(service);
        return mine == null || !mine.at().plus(USE_KNOWN_FOR).isAfter(now) ? Pace.NONE : share.pace(state(mine.use(), now), recent, now);
    }

    /** Returns the pace of the account as a whole. */
    public synchronized Pace pace() {
        Instant now = clock.get();
        return known.at().plus(USE_KNOWN_FOR).isAfter(now) ? share.pace(state(known.use(), now), recent, now) : Pace.NONE;
    }

    /** Returns whether the account's changes gather because its budget is scarce. */
    public boolean gathering() {
        return pace().scarce();
    }
}
