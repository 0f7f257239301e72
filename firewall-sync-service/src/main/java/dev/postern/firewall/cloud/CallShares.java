package dev.postern.firewall.cloud;

import dev.postern.events.ServiceName;
import dev.postern.firewall.CallUse;
import dev.postern.firewall.ShareCalls;
import dev.postern.firewall.ShareCalls.Urgency;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The calls of one account, as this process may make them. They are counted for all processes in {@link Count}, a few at a time; while it is known that
 * little is used, nobody waits for the counting.
 */
public final class CallShares {
    private static final int AT_ONCE = 4;
    private static final int UNCOUNTED_MAX = 12;
    private static final double QUIET = 0.25;
    private static final Duration KNOWN_FOR = Duration.ofMinutes(5);
    private static final Duration RESERVED_FOR = Duration.ofSeconds(50);
    private static final Duration SAID_FOR = Duration.ofMinutes(1);

    private final ShareCalls share;
    private final Count count;
    private final Supplier<CallBudget> said;
    private final Supplier<Instant> clock;
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

    private record Known(CallUse use, Instant at) { }

    /**
     * Shares.
     *
     * @param said what the provider's headers said last
     */
    public CallShares(ShareCalls share, Count count, Supplier<CallBudget> said, Supplier<Instant> clock) {
        this.share = share;
        this.count = count;
        this.said = said;
        this.clock = clock;
    }

    /** One call may be made; else it fails with {@link CloudFailure.Kind#SHARE} and the time after which to ask again. */
    public Uni<Void> take(ServiceName service, Urgency urgency) {
        Instant now = clock.get();
        boolean had = false;
        synchronized (this) {
            Reserved mine = reserved.get(service);
            if (mine != null && mine.calls() > 0 && mine.at().plus(RESERVED_FOR).isAfter(now)) {
                reserved.put(service, mine.less());
                had = true;
            } else if (quiet(now) && uncounted.get() + AT_ONCE <= UNCOUNTED_MAX) {
                reserved.put(service, new Reserved(AT_ONCE - 1, mine == null ? CallUse.NONE : mine.use(), now));
                uncounted.addAndGet(AT_ONCE);
            } else {
                return counted(service, urgency, now);
            }
        }
        if (!had) {
            count.reserve(service, AT_ONCE).subscribe().with(use -> {
                uncounted.addAndGet(-AT_ONCE);
                learn(service, use.plus(AT_ONCE), clock.get(), 0);
            }, failure -> uncounted.addAndGet(-AT_ONCE));
        }
        return Uni.createFrom().voidItem();
    }

    private Uni<Void> counted(ServiceName service, Urgency urgency, Instant now) {
        return count.reserve(service, AT_ONCE).chain(use -> {
            Optional<Duration> wait = share.waitFor(use, urgency, remaining(now), AT_ONCE);
            if (wait.isPresent()) {
                learn(service, use, now, 0);
                return count.giveBack(service, AT_ONCE).chain(() -> Uni.createFrom().failure(CloudFailure.keptBack(CloudFailure.Kind.SHARE,
                    "the account's calls are used up for now: " + use.minute() + " in the last minute, " + use.hour() + " in the last hour", wait)));
            }
            learn(service, use.plus(AT_ONCE), now, AT_ONCE - 1);
            return Uni.createFrom().voidItem();
        });
    }

    private synchronized void learn(ServiceName service, CallUse use, Instant at, int more) {
        known = new Known(use, at);
        Reserved before = reserved.get(service);
        boolean valid = before != null && before.at().plus(RESERVED_FOR).isAfter(at);
        reserved.put(service, new Reserved((valid ? before.calls() : 0) + more, use, valid && more == 0 ? before.at() : at));
    }

    private boolean quiet(Instant now) {
        return known.at().plus(KNOWN_FOR).isAfter(now) && known.use().minute() < QUIET * share.perMinute() && known.use().hour() < QUIET * share.perHour()
            && remaining(now).orElse(share.perHour()) > share.perHour() * (1 - QUIET);
    }

    private OptionalLong remaining(Instant now) {
        CallBudget budget = said.get();
        return budget.saidAt() != null && budget.saidAt().plus(SAID_FOR).isAfter(now) ? budget.remaining() : OptionalLong.empty();
    }

    /** How far apart changes of the service are to begin. */
    public Duration spacing(ServiceName service) {
        Reserved mine = reserved.get(service);
        return mine == null || !mine.at().plus(SAID_FOR).isAfter(clock.get()) ? Duration.ZERO : share.spacing(mine.use());
    }
}
