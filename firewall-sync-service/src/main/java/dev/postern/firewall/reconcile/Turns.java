package dev.postern.firewall.reconcile;

import dev.postern.events.AccountName;
import dev.postern.firewall.Backoff;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * When the activations of one service in this process run: one after the other. Pokes during one are gathered into the next; what failed or is pending
 * comes back with backoff; in a burst changes gather for a while. It keeps no time of its own and starts nothing. Safe for many threads.
 */
final class Turns {
    /** How old a look may be on which the next change is planned. */
    private static final Duration CARRIED_MAX = Duration.ofSeconds(2);
    private static final Duration PROVIDER_TIME_FIRST = Duration.ofMillis(200);
    private static final Duration PROVIDER_TIME_MAX = Duration.ofSeconds(2);
    private static final Duration TIMER_EARLY_MAX = Duration.ofMillis(2);
    private static final int WEIGHT = 4;

    private long begun;
    private boolean running;
    private boolean again;
    private boolean waiting;
    private boolean patient; // what is waited for can come sooner
    private Instant wakeAt = Instant.EPOCH;
    private boolean tellOwner;
    private int pendings;
    private int failures;
    private Instant pendingSince = Instant.EPOCH;
    private Instant changedAt = Instant.EPOCH;
    private Duration spacing = Duration.ZERO;
    private Duration providerTime = PROVIDER_TIME_FIRST;
    private Optional<Look> carried = Optional.empty();
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
        if (running) {
            again = true;
            return Optional.empty();
        }
        Duration wait = untilChange(now);
        if (waiting && (!patient || !news || !now.plus(wait).isBefore(wakeAt))) {
            return Optional.empty(); // the activation that waits will read what is new
        }
        patient = false;
        return Optional.of(hold(wait, now));
    }

    private Duration hold(Duration wait, Instant now) {
        waiting = !wait.isZero();
        running = !waiting;
        wakeAt = now.plus(wait);
        return wait;
    }

    private Duration untilChange(Instant now) {
        Duration left = Duration.between(now, changeFrom());
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** Where changes gather, those of all services begin at the same moments: at multiples of the spacing. */
    private Instant changeFrom() {
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
    synchronized Turn begin(Instant now) {
        again = false;
        Optional<Look> fresh = carried.filter(look -> !spacing.isZero() && !look.pending() && look.at().plus(CARRIED_MAX).isAfter(now));
        return new Turn(begun++, now, pendings == 0 ? Duration.ZERO : Duration.between(pendingSince, now), changeFrom(), !spacing.isZero(),
            spacing.isZero() ? expected : Map.of(), fresh);
    }

    /**
     * What the next activation will look at, as far as is known while none runs or is waited for and changes do not gather; empty else.
     *
     * @return it with the number of that activation, so that a look which another came before is known as one
     */
    synchronized Optional<Next> next() {
        return running || waiting || !spacing.isZero() || expected.isEmpty() ? Optional.empty() : Optional.of(new Next(begun, expected));
    }

    /**
     * The activation to come.
     *
     * @param number   as its {@link Turn} will have it
     * @param expected the objects by account
     */
    record Next(long number, Map<AccountName, List<String>> expected) { }

    /**
     * An activation ended.
     *
     * @param changed whether it asked anything of the provider
     * @param look    its last look, if nothing was asked since
     * @param next    the objects by account that it knew of
     * @param spacing how far apart changes are to begin from now on
     * @param chance  0 to 1
     * @return how long until the next one is to start; empty if none is
     */
    synchronized Optional<Duration> ended(RunOutcome outcome, boolean changed, Optional<Look> look, Map<AccountName, List<String>> next,
                                          Duration spacing, Instant now, double chance) {
        tellOwner = false;
        expected = next;
        this.spacing = spacing;
        if (changed) {
            changedAt = now;
        }
        boolean done = outcome instanceof RunOutcome.Settled || outcome instanceof RunOutcome.Gathering;
        if (pendings > 0 && done && !changed) {
            learn(Duration.between(changedAt, now), pendings == 1);
        }
        carried = outcome instanceof RunOutcome.Gathering ? look : Optional.empty(); // whoever is poked for another reason looks again
        Duration wait = wait(outcome, changed, now, chance);
        if (wait == null && !again) {
            running = false;
            return Optional.empty();
        }
        // What waits for a person, or for another account, is no reason for anybody else's grant to wait.
        patient = outcome.patient();
        boolean poked = again && patient && !(outcome instanceof RunOutcome.Gathering);
        return Optional.of(hold(wait == null || poked ? untilChange(now) : wait, now));
    }

    /** How long the provider usually takes: so long nobody asks whether it is done. At the first asking it may have been done for a while. */
    private void learn(Duration took, boolean atFirst) {
        Duration shorter = providerTime.multipliedBy(WEIGHT * WEIGHT - 1).dividedBy(WEIGHT * WEIGHT);
        Duration longer = took.compareTo(PROVIDER_TIME_MAX) > 0 ? PROVIDER_TIME_MAX : took;
        providerTime = atFirst ? shorter : longer.compareTo(providerTime) > 0 ? longer : providerTime;
    }

    private Duration wait(RunOutcome outcome, boolean changed, Instant now, double chance) {
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
            return wait(elsewhere.failure(), changed, now, chance);
        }
        if (outcome instanceof RunOutcome.Failed failed) {
            Duration asked = failed.retryAfter().orElse(Duration.ZERO);
            Duration wait = failed.ownBudget() ? asked : failed.standing() ? Backoff.standing(failures, chance) : Backoff.failed(failures, chance);
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
        Duration wait = Backoff.pending(pendings++);
        return !spacing.isZero() && wait.compareTo(providerTime) < 0 ? providerTime : wait;
    }

    /** Another process owns the service. @return whether it has to hear of the poke */
    synchronized boolean notOwner() {
        running = false;
        again = false;
        pendings = 0;
        failures = 0;
        carried = Optional.empty();
        boolean tell = tellOwner;
        tellOwner = false;
        return tell;
    }
}
