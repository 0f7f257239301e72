// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.AccountName;
import dev.postern.firewall.Backoff;
import dev.postern.firewall.budget.BudgetPolicy.Pace;
import dev.postern.firewall.budget.CloudFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Schedules the runs of one service in this process, one after the other. Triggers during a run are coalesced into the next; a failed or pending service
 * is retried with backoff; in a burst, changes are batched. Reads no clock and starts nothing. Thread-safe.
 */
final class RunSchedule {
    /** Maximum age of a read on which the next change is planned. */
    private static final Duration CARRIED_MAX = Duration.ofSeconds(4);
    /** Maximum age of a read that reports an address as already open. */
    private static final Duration LAST_MAX = Duration.ofSeconds(60);
    /** Delay before a waiting opening is checked for being open already. */
    private static final Duration PEEK = Duration.ofMillis(250);
    /** A closing that failed, or news after a failure, is tried again at least this often. */
    private static final Duration RETRY_MAX = Duration.ofSeconds(3);
    private static final Duration QUEUED_AGAIN = Duration.ofSeconds(1);
    private static final Duration PROVIDER_TIME_FIRST = Duration.ofMillis(200);
    private static final Duration PROVIDER_TIME_MAX = Duration.ofSeconds(2);
    private static final Duration OUTLIER = Duration.ofMillis(100);
    private static final Duration TIMER_EARLY_MAX = Duration.ofMillis(2);
    private static final int WEIGHT = 4;
    private static final int SHRINK = 100;

    private boolean running;
    private boolean again;
    private boolean waiting;
    private boolean patient; // what is waited for can come sooner
    private Instant wakeAt = Instant.EPOCH;
    private boolean tellOwner;
    private boolean told; // whether something happened since the last activation began
    private int pendings;
    private int failures;
    private Instant pendingSince = Instant.EPOCH;
    private Instant changedAt = Instant.EPOCH;
    private Pace pace = Pace.NONE;
    private Duration providerTime = PROVIDER_TIME_FIRST;
    private Optional<Observation> carried = Optional.empty();
    private Optional<Observation> last = Optional.empty();
    private Optional<Instant> failedAt = Optional.empty(); // of a failure after which news are tried soon
    private boolean recoverable; // whether the success of another call of the account ends its backoff
    private Optional<Instant> queuedAt = Optional.empty();
    private Optional<Instant> keptBackAt = Optional.empty(); // by our own budget; what is more urgent may be let through
    private Map<AccountName, List<String>> expected = Map.of();

    /**
     * There is, or may be, work.
     *
     * @param elsewhere whether another owner has to hear of it
     * @param news      whether something happened; else it is only time that went by, which those who wait patiently know of
     * @return how long until an activation is to start; empty if one runs or is waited for already
     */
    synchronized Optional<Duration> poke(boolean elsewhere, boolean news, Instant now) {
        tellOwner |= elsewhere;
        told |= news;
        if (running) {
            again = true;
            return Optional.empty();
        }
        if (!waiting && !news) {
            carried = Optional.empty(); // nothing is known to have happened here: the provider is asked what happened there
        }
        Duration wait = untilRun(now);
        if (waiting && !patient && news && failedAt.isPresent()) {
            wait = until(failedAt.get().plus(RETRY_MAX), now);
        } else if (waiting && queuedAt.isPresent()) {
            wait = until(queuedAt.get().plus(PEEK), now); // perhaps it closes now
        }
        if (waiting && keptBackAt.isPresent()) {
            wait = until(keptBackAt.get().plus(QUEUED_AGAIN), now);
        }
        if (waiting && (!news || !patient && failedAt.isEmpty())) {
            return Optional.empty(); // the activation that waits will read what is new
        }
        if (waiting && !now.plus(wait).isBefore(wakeAt)) {
            return Optional.empty();
        }
        patient = false;
        return Optional.of(hold(wait, now));
    }

    /**
     * A call of the account succeeded after others had failed.
     *
     * @return how long until an activation is to start that waits because its own call failed; empty if there is none
     */
    synchronized Optional<Duration> recovered(Instant now) {
        if (!waiting || failedAt.isEmpty() || !recoverable) {
            return Optional.empty();
        }
        failures = 0;
        failedAt = Optional.empty();
        return Optional.of(hold(Duration.ZERO, now));
    }

    /** The service's turn in the account's queue has come. @return how long until an activation is to start; empty if one runs, or waits for else */
    synchronized Optional<Duration> turnCame(Instant now) {
        if (!waiting || queuedAt.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(hold(Duration.ZERO, now));
    }

    /** Returns the time until a run may make a change; shorter if a run may show that no change is needed. */
    private Duration untilRun(Instant now) {
        Duration wait = until(from(pace.closing()), now);
        return pace.scarce() && wait.compareTo(PEEK) > 0 ? PEEK : wait;
    }

    private Duration hold(Duration wait, Instant now) {
        waiting = !wait.isZero();
        running = !waiting;
        wakeAt = now.plus(wait);
        return wait;
    }

    private static Duration until(Instant from, Instant now) {
        Duration left = Duration.between(now, from);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** Returns the start of the next slot: while changes are batched, those of all services begin at the same multiples of the spacing. */
    private Instant from(Duration spacing) {
        if (spacing.isZero()) {
            return changedAt;
        }
        long grid = spacing.toMillis();
        return Instant.ofEpochMilli((changedAt.toEpochMilli() / grid + 1) * grid);
    }

    /** A waiting is over. @return whether an activation is to start; not if it waits for something else by now */
    synchronized boolean wake(Instant now) {
        if (!waiting || now.plus(TIMER_EARLY_MAX).isBefore(wakeAt)) {
            return false;
        }
        waiting = false;
        running = true;
        return true;
    }

    /** An activation starts. */
    synchronized RunTurn begin(Instant now) {
        again = false;
        Optional<Observation> fresh = carried.filter(look -> pace.patient() && !look.pending() && look.at().plus(CARRIED_MAX).isAfter(now));
        Optional<Observation> shown = last.filter(look -> pace.scarce() && pendings == 0 && !look.pending() && look.at().plus(LAST_MAX).isAfter(now));
        boolean ahead = told && !pace.patient(); // a mere check looks together with those of other services
        told = false;
        return new RunTurn(now, pendings == 0 ? Duration.ZERO : Duration.between(pendingSince, now), from(pace.opening()), from(pace.closing()),
            from(pace.expiring()), pace.patient(), ahead ? expected : Map.of(), fresh, shown);
    }

    /**
     * An activation ended.
     *
     * @param changed whether it asked anything of the provider
     * @param look    its last read, if no change was requested since
     * @param next    the objects by account that it knew of
     * @param pace    how far apart changes are to begin from now on
     * @param closes  whether an access has ended that the provider may still show
     * @param chance  0 to 1
     * @return how long until the next one is to start; empty if none is
     */
    synchronized Optional<Duration> ended(RunOutcome outcome, boolean changed, Optional<Observation> look, Map<AccountName, List<String>> next,
                                          Pace pace, boolean closes, Instant now, double chance) {
        tellOwner = false;
        expected = next;
        this.pace = pace;
        if (changed) {
            changedAt = now;
        }
        boolean gathers = outcome instanceof RunOutcome.Gathering || outcome instanceof RunOutcome.Queued;
        boolean done = outcome instanceof RunOutcome.Settled || gathers;
        if (pendings > 0 && done && !changed) {
            learn(Duration.between(changedAt, now), pendings == 1);
        }
        carried = done ? look : Optional.empty();
        last = changed && look.isEmpty() ? Optional.empty() : look.isPresent() ? look : last;
        failedAt = outcome instanceof RunOutcome.Failed failed && !failed.ownBudget() && failed.retryAfter().isEmpty() ? Optional.of(now) : Optional.empty();
        recoverable = outcome instanceof RunOutcome.Failed failed && !failed.standing();
        boolean busy = outcome instanceof RunOutcome.Failed failed && failed.kind().equals(Optional.of(CloudFailure.Kind.BUSY));
        queuedAt = busy || outcome instanceof RunOutcome.Queued ? Optional.of(now) : Optional.empty();
        keptBackAt = outcome instanceof RunOutcome.Failed failed && failed.ownBudget() && !closes ? Optional.of(now) : Optional.empty();
        Duration wait = wait(outcome, changed, closes, now, chance);
        if (wait == null && !again) {
            running = false;
            return Optional.empty();
        }
        // What waits for a person, or for another account, is no reason for anybody else's grant to wait.
        patient = outcome.patient() || gathers || keptBackAt.isPresent();
        Duration soon = queuedAt.isPresent() || keptBackAt.isPresent() ? QUEUED_AGAIN : untilRun(now);
        return Optional.of(hold(wait == null || patient && again && soon.compareTo(wait) < 0 ? soon : wait, now));
    }

    /**
     * Learns the provider's usual duration of a change, which delays the first status poll. If the first poll finds it done, it may have ended some
     * time ago.
     */
    private void learn(Duration took, boolean atFirst) {
        int by = !pace.closing().isZero() ? SHRINK : pace.patient() ? WEIGHT * WEIGHT : WEIGHT;
        Duration shorter = providerTime.multipliedBy(by - 1).dividedBy(by);
        Duration most = providerTime.multipliedBy(WEIGHT + 1).dividedBy(WEIGHT).plus(OUTLIER); // one slow answer says little
        Duration longer = took.compareTo(most) > 0 ? most : took;
        longer = longer.compareTo(PROVIDER_TIME_MAX) > 0 ? PROVIDER_TIME_MAX : longer;
        providerTime = atFirst ? shorter : longer.compareTo(providerTime) > 0 ? longer : providerTime;
    }

    private Duration wait(RunOutcome outcome, boolean changed, boolean closes, Instant now, double chance) {
        if (outcome instanceof RunOutcome.Settled) {
            pendings = 0;
            failures = 0;
            return null;
        }
        if (outcome instanceof RunOutcome.Gathering gathering) {
            pendings = 0;
            failures = 0;
            return gathering.left();
        }
        if (outcome instanceof RunOutcome.Elsewhere elsewhere) {
            return wait(elsewhere.failure(), changed, closes, now, chance);
        }
        if (outcome instanceof RunOutcome.Queued queued) {
            pendings = 0;
            failures = 0;
            return queued.left();
        }
        if (outcome instanceof RunOutcome.Failed failed) {
            Duration asked = failed.retryAfter().orElse(Duration.ZERO);
            Duration wait = failed.ownBudget() ? asked : failed.standing() ? Backoff.standing(failures, chance) : Backoff.failed(failures, chance);
            if (closes && !failed.ownBudget()) {
                wait = Backoff.closing(wait, failed.standing());
            }
            failures = failed.ownBudget() ? failures : failures + 1;
            return asked.compareTo(wait) > 0 ? asked : wait;
        }
        if (outcome instanceof RunOutcome.Held || outcome instanceof RunOutcome.Partial) {
            return Backoff.standing(failures++, chance);
        }
        if (pendings == 0 || changed) {
            pendingSince = pendings == 0 ? now : pendingSince;
        }
        failures = 0;
        Duration wait = Backoff.pending(pendings);
        Duration usual = pendings++ == 0 ? providerTime : providerTime.dividedBy(WEIGHT);
        return wait.compareTo(usual) < 0 ? usual : wait;
    }

    /** Another process owns the service. @return whether it has to hear of the poke */
    synchronized boolean notOwner() {
        running = false;
        again = false;
        pendings = 0;
        failures = 0;
        carried = Optional.empty();
        last = Optional.empty();
        failedAt = Optional.empty();
        boolean tell = tellOwner;
        tellOwner = false;
        return tell;
    }
}
