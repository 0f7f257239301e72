// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud.cloudflare;

import dev.postern.events.ServiceName;
import dev.postern.firewall.cloud.CloudFirewall;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Orders the bulk operations of one account, of which the provider takes one at a time. A service that wants to change its list asks for its turn; the next
 * service is called when the operation before was seen to end. The order is that of deadlines: closings go ahead of openings that came a little earlier, and
 * nobody starves. While the allowance of twelve hours lasts, a turn comes at once; below half of what may be used at once, changes gather, up to
 * {@link #GATHER_MAX}. Safe for many threads.
 */
final class BulkOperationQueue {
    /** A closing's operation has ended after so long at the latest, as far as the provider takes it. */
    static final Duration GATHER_MAX = Duration.ofMillis(28_500);
    private static final String ONE_AT_A_TIME = "Cloudflare takes one bulk operation of an account at a time";
    private static final double GATHERS_BELOW = 0.5;
    private static final double GATHERS_MOST_BELOW = 0.1;
    private static final int OPENING_GATHERS_TIMES = 3;
    private static final Duration OPENING_BEHIND = Duration.ofSeconds(5);
    /** A service that was called and does not ask within this time is passed over until it asks again. */
    private static final Duration CALLED_FOR = Duration.ofSeconds(2);
    private static final Duration PASSED_OVER_MAX = Duration.ofSeconds(60);
    private static final Duration BEGINS_WITHIN = Duration.ofSeconds(5);
    private static final Duration TRIES_AGAIN_WITHIN = Duration.ofSeconds(1);
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(60);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(5);
    private static final Duration FOREIGN_FIRST = Duration.ofMillis(250);
    private static final int FOREIGN_DOUBLINGS_MAX = 3;
    private static final int REQUESTS_AT_ONCE_PART = 100;
    private static final int ITEMS_AT_ONCE_PART = 4;
    private static final Duration OPERATION_FIRST = Duration.ofMillis(600);
    private static final Duration CALLS_AROUND_OPERATION = Duration.ofMillis(150);
    private static final int WEIGHT = 8;

    private final Supplier<Instant> clock;
    private final BiConsumer<Duration, Runnable> later;
    private final Supplier<Duration> interval;
    private final WriteAllowance requests;
    private final WriteAllowance items;
    private final Map<ServiceName, Waiting> waiting = new LinkedHashMap<>();
    private Consumer<ServiceName> onTurn = service -> {};
    private ServiceName holder;
    private boolean running;
    private Instant begunAt = Instant.EPOCH;
    private Instant holderUntil = Instant.EPOCH;
    private ServiceName called;
    private Instant calledUntil = Instant.EPOCH;
    private Instant notBefore = Instant.EPOCH;
    private Instant timerAt = Instant.MAX;
    private Duration operationTakes = OPERATION_FIRST;
    private int foreignRefusals;
    private Instant foreignSince = Instant.EPOCH;
    private Optional<String> unended = Optional.empty();
    private Duration longestWait = Duration.ZERO;

    /** The reason for which an operation did not begin. */
    enum Refusal {
        /** The provider has another operation of the account pending. */
        OTHER_PENDING,
        /** Our own budget kept the call back. */
        KEPT_BACK,
        /** The provider refused what was asked for, or the answer was lost. The service may try again with something else. */
        FAILED
    }

    /** A service that waits for its turn, its deadline, and since when. */
    private static final class Waiting {
        private Instant opening = Instant.MAX;
        private Instant closing = Instant.MAX;
        private Instant askedAt;
        private boolean passedOver;

        void asks(boolean closes, Instant now) {
            askedAt = now;
            passedOver = false;
            if (closes) {
                closing = closing.equals(Instant.MAX) ? now : closing;
            } else {
                opening = opening.equals(Instant.MAX) ? now : opening;
            }
        }

        /** Returns when its operation should have ended. */
        Instant due(Duration gather) {
            return earlier(later(closing, gather), later(opening, gather.multipliedBy(OPENING_GATHERS_TIMES)));
        }

        Instant rank(Duration gather) {
            return earlier(later(closing, gather), later(opening, gather.multipliedBy(OPENING_GATHERS_TIMES).plus(OPENING_BEHIND)));
        }

        Instant since() {
            return earlier(opening, closing);
        }

        private static Instant later(Instant at, Duration by) {
            return at.equals(Instant.MAX) ? at : at.plus(by);
        }

        private static Instant earlier(Instant one, Instant other) {
            return one.isBefore(other) ? one : other;
        }
    }

    /**
     * An empty queue.
     *
     * @param later              does something after a time
     * @param interval           the least time between the beginnings of two operations, as the budget of calls is now
     * @param requestsPerHalfDay how many operations the provider takes in twelve hours; 0 if it does not limit them
     * @param itemsPerHalfDay    how many items they may change in twelve hours; 0 if it does not limit them
     */
    BulkOperationQueue(Supplier<Instant> clock, BiConsumer<Duration, Runnable> later, Supplier<Duration> interval, int requestsPerHalfDay,
                       int itemsPerHalfDay) {
        this.clock = clock;
        this.later = later;
        this.interval = interval;
        this.requests = new WriteAllowance(requestsPerHalfDay, REQUESTS_AT_ONCE_PART);
        this.items = new WriteAllowance(itemsPerHalfDay, ITEMS_AT_ONCE_PART);
    }

    /** Calls {@code listener} with each service whose turn has come. */
    synchronized void onTurn(Consumer<ServiceName> listener) {
        onTurn = listener;
    }

    /** Asks for the turn of a service. Empty if it has come: the operation is to begin now. */
    synchronized Optional<CloudFirewall.Wait> request(ServiceName service, boolean closes) {
        Instant now = clock.get();
        expire(now);
        if (service.equals(holder) && !running) {
            return Optional.empty();
        }
        waiting.computeIfAbsent(service, none -> new Waiting()).asks(closes, now);
        boolean first = service.equals(called) || service.equals(next(now)) && !now.isBefore(gathersUntil(now));
        if (holder == null && first && !now.isBefore(notBefore)) {
            holder = service;
            running = false;
            holderUntil = now.plus(BEGINS_WITHIN);
            called = null;
            return Optional.empty();
        }
        pump(now);
        Instant from = later(notBefore, gathersUntil(now));
        return Optional.of(new CloudFirewall.Wait(from.isAfter(now) ? Duration.between(now, from).plus(ASK_AGAIN) : ASK_AGAIN, why()));
    }

    /** The service has nothing to change any more. */
    synchronized void leave(ServiceName service) {
        boolean mine = waiting.remove(service) != null;
        if (service.equals(called)) {
            called = null;
        }
        if (service.equals(holder) && !running) {
            holder = null;
            mine = true;
        }
        if (mine) {
            pump(clock.get());
        }
    }

    /** Returns whether a change of the service would be sent now, or nearly so: then what the list shows is worth a call. */
    synchronized boolean isNext(ServiceName service) {
        Instant now = clock.get();
        return service.equals(called) || service.equals(holder)
            || holder == null && waiting.isEmpty() && !now.isBefore(notBefore) && gather(now).isZero();
    }

    /** Returns what a change waits for, in words. */
    synchronized String why() {
        Instant now = clock.get();
        if (foreignRefusals > 0) {
            return (unended.isPresent() ? unended.get() : "another client's bulk operation is pending in the account") + ", seen first at "
                + foreignSince.truncatedTo(ChronoUnit.SECONDS) + "; Cloudflare takes one at a time";
        }
        if (holder != null) {
            return ONE_AT_A_TIME + "; that of " + holder + " is under way, " + waiting.size() + " services wait";
        }
        Instant from = later(notBefore, gathersUntil(now));
        return from.isAfter(now) ? "changes gather so that Cloudflare's limits of twelve hours and five minutes last; the next one begins at "
            + from.truncatedTo(ChronoUnit.SECONDS) : ONE_AT_A_TIME + "; " + waiting.size() + " services wait";
    }

    /** The provider accepted the service's operation. @param itemChanges items that it may remove and add */
    synchronized void begun(ServiceName service, int itemChanges) {
        Instant now = clock.get();
        Waiting done = waiting.remove(service);
        if (done != null && Duration.between(done.since(), now).compareTo(longestWait) > 0) {
            longestWait = Duration.between(done.since(), now);
        }
        holder = service;
        running = true;
        begunAt = now;
        holderUntil = now.plus(ENDS_WITHIN);
        foreignRefusals = 0;
        unended = Optional.empty();
        requests.use(1, now);
        items.use(itemChanges, now);
        Instant allowed = now.plus(longer(requests.untilAny(now), items.untilAny(now)));
        notBefore = later(allowed, now.plus(interval.get()));
    }

    /** The service's operation was seen to end, or its change needed none. */
    synchronized void ended(ServiceName service) {
        if (!service.equals(holder)) {
            return;
        }
        Instant now = clock.get();
        if (running) {
            Duration took = Duration.between(begunAt, now);
            operationTakes = operationTakes.multipliedBy(WEIGHT - 1).plus(took).dividedBy(WEIGHT);
        } else {
            waiting.remove(service);
        }
        holder = null;
        pump(now);
    }

    /** The service's operation did not begin. Its place in the order stays. */
    synchronized void refused(ServiceName service, Refusal why) {
        Instant now = clock.get();
        if (why == Refusal.OTHER_PENDING) {
            foreignSince = foreignRefusals == 0 ? now : foreignSince;
            notBefore = now.plus(FOREIGN_FIRST.multipliedBy(1L << Math.min(foreignRefusals++, FOREIGN_DOUBLINGS_MAX)));
        }
        if (service.equals(holder) && !running) {
            if (why == Refusal.FAILED) {
                holderUntil = now.plus(TRIES_AGAIN_WITHIN);
            } else {
                holder = null;
            }
        }
        Waiting mine = waiting.get(service);
        if (mine != null && why != Refusal.OTHER_PENDING) {
            mine.passedOver = true; // it asks again after its backoff
        }
        pump(now);
    }

    /** Returns whether changes gather so that the allowance of twelve hours lasts. */
    synchronized boolean gathering() {
        return !gather(clock.get()).isZero();
    }

    /** Returns the longest time that a service has waited for its turn. */
    synchronized Duration longestWait() {
        return longestWait;
    }

    /** Returns how long closings gather: not at all while half of what may be used at once is left. */
    private Duration gather(Instant now) {
        double part = Math.min(requests.part(now), items.part(now));
        double scarcity = (GATHERS_BELOW - part) / (GATHERS_BELOW - GATHERS_MOST_BELOW);
        return scarcity <= 0 ? Duration.ZERO : Duration.ofMillis((long) (GATHER_MAX.toMillis() * Math.min(1, scarcity)));
    }

    /** Returns the latest moment at which the first operation has to begin, so that it and those behind it end in time. */
    private Instant gathersUntil(Instant now) {
        Duration gather = gather(now);
        if (gather.isZero()) {
            return Instant.EPOCH;
        }
        Instant begin = Instant.MAX;
        Duration each = longer(operationTakes.plus(CALLS_AROUND_OPERATION), interval.get());
        Duration needed = Duration.ZERO;
        List<Instant> dues = waiting.values().stream().filter(mine -> !mine.passedOver).map(mine -> mine.due(gather)).sorted().toList();
        for (Instant due : dues) {
            needed = needed.plus(each);
            Instant latest = due.minus(needed);
            begin = latest.isBefore(begin) ? latest : begin;
        }
        return begin.equals(Instant.MAX) ? Instant.EPOCH : begin;
    }

    private void expire(Instant now) {
        if (holder != null && now.isAfter(holderUntil)) {
            unended = running ? Optional.of("the bulk operation of " + holder + " that began at " + begunAt.truncatedTo(ChronoUnit.SECONDS)
                + " is still pending") : unended;
            holder = null; // if it is still pending, the next one is refused and comes back
        }
    }

    private ServiceName next(Instant now) {
        Duration gather = gather(now);
        return waiting.entrySet().stream().filter(entry -> !entry.getValue().passedOver)
            .min(Comparator.comparing(entry -> entry.getValue().rank(gather))).map(Map.Entry::getKey).orElse(null);
    }

    /** Calls the next service, or comes back when it may be called. */
    private void pump(Instant now) {
        waiting.values().removeIf(each -> each.passedOver && each.askedAt.plus(PASSED_OVER_MAX).isBefore(now));
        if (called != null && !now.isBefore(calledUntil)) {
            Optional.ofNullable(waiting.get(called)).ifPresent(each -> each.passedOver = true);
            called = null;
        }
        ServiceName next = next(now);
        if (next == null) {
            return;
        }
        Instant from = holder != null ? holderUntil.plusMillis(1) : later(notBefore, gathersUntil(now));
        if (from.isAfter(now)) {
            comeBack(from, now);
            return;
        }
        if (called == null) {
            called = next;
            calledUntil = now.plus(CALLED_FOR);
            later.accept(Duration.ZERO, () -> listener().accept(next));
        }
        comeBack(calledUntil, now);
    }

    private synchronized Consumer<ServiceName> listener() {
        return onTurn;
    }

    private void comeBack(Instant at, Instant now) {
        if (at.isBefore(timerAt) || !timerAt.isAfter(now)) {
            timerAt = at;
            later.accept(Duration.between(now, at).plusMillis(1), this::timer); // a timer that comes early would be the last one
        }
    }

    private synchronized void timer() {
        Instant now = clock.get();
        timerAt = now.isBefore(timerAt) ? timerAt : Instant.MAX;
        expire(now);
        pump(now);
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
