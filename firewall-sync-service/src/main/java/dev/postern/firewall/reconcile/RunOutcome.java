// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.AccountName;
import dev.postern.firewall.budget.CloudFailure;
import dev.postern.firewall.postgres.ReconcileStore;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The outcome of a run. */
sealed interface RunOutcome {
    /** The word for it in the table and in metrics. */
    String word();

    /** Returns the reason, in words; empty if there is nothing to add. */
    Optional<String> detail();

    /** Returns whether the provider shows all that it can, so that drift is set back and the service's version applied. */
    default boolean whole() {
        return false;
    }

    /** Returns whether the next run can come sooner than planned: what is waited for is no reason for anybody else to wait. */
    default boolean patient() {
        return false;
    }

    /**
     * Returns the outcome of a run from those of its accounts.
     *
     * @param own the account that the service belongs to; empty if it is protected no longer
     */
    static RunOutcome of(Optional<AccountName> own, Map<AccountName, RunOutcome> outcomes) {
        RunOutcome mine = own.map(outcomes::get).orElse(new Settled());
        for (Map.Entry<AccountName, RunOutcome> other : outcomes.entrySet()) {
            boolean theirs = own.isEmpty() || !own.get().equals(other.getKey());
            if (theirs && mine.whole() && !other.getValue().whole()) {
                return own.isPresent() && other.getValue() instanceof Failed failed ? new Elsewhere(other.getKey(), failed) : other.getValue();
            }
        }
        return mine;
    }

    /** Returns the outcome of a run that failed with {@code failure}. */
    static RunOutcome of(Throwable failure) {
        if (failure instanceof CloudFailure cloud) {
            return new Failed(Optional.of(cloud.kind()), cloud.getMessage(), cloud.retryAfter());
        }
        if (failure instanceof ReconcileStore.OwnershipLost) {
            return new NotOwner();
        }
        return new Failed(Optional.empty(), "an activation failed: " + failure.getClass().getSimpleName(), Optional.empty());
    }

    /**
     * The provider shows what it can, and something was worked around: a tag or Droplet that is gone, a name that is taken, newcomers that are refused.
     *
     * @param reason in words
     */
    record Partial(String reason) implements RunOutcome {
        @Override
        public String word() {
            return "partial";
        }

        @Override
        public Optional<String> detail() {
            return Optional.of(reason);
        }

        @Override
        public boolean whole() {
            return true;
        }

        @Override
        public boolean patient() {
            return true;
        }
    }

    /**
     * The service's account shows what is wanted; an account that it belonged to before does not answer as it should.
     *
     * @param account that one
     * @param failure what came of it
     */
    record Elsewhere(AccountName account, Failed failure) implements RunOutcome {
        @Override
        public String word() {
            return failure.word();
        }

        @Override
        public Optional<String> detail() {
            return Optional.of("account " + account + ", which the service left: " + failure.reason());
        }

        @Override
        public boolean patient() {
            return true;
        }
    }

    /** The provider shows what is wanted, and nothing is pending. */
    record Settled() implements RunOutcome {
        @Override
        public boolean whole() {
            return true;
        }

        @Override
        public String word() {
            return "settled";
        }

        @Override
        public Optional<String> detail() {
            return Optional.empty();
        }
    }

    /** The provider is still at it; further changes gather meanwhile. */
    record Pending() implements RunOutcome {
        @Override
        public String word() {
            return "pending";
        }

        @Override
        public Optional<String> detail() {
            return Optional.of("the provider has changes pending");
        }
    }

    /**
     * Changes gather until the budget allows for the next call.
     *
     * @param left until then
     */
    record Gathering(Duration left) implements RunOutcome {
        @Override
        public boolean patient() {
            return true;
        }

        @Override
        public String word() {
            return "gathering";
        }

        @Override
        public Optional<String> detail() {
            return Optional.of("changes gather, so that the provider's budget suffices");
        }
    }

    /**
     * The change waits for its turn: the account takes one bulk operation at a time.
     *
     * @param left when to ask again, if the turn does not come before
     * @param why  what it waits for
     */
    record Queued(Duration left, String why) implements RunOutcome {
        @Override
        public String word() {
            return "queued";
        }

        @Override
        public Optional<String> detail() {
            return Optional.of(why);
        }
    }

    /**
     * All is as planned, but that many are let in whom no grant explains: it is likelier that our records are lost than that they are to go.
     *
     * @param accesses how many
     */
    record Held(int accesses) implements RunOutcome {
        @Override
        public boolean patient() {
            return true;
        }

        @Override
        public String word() {
            return "removal-refused";
        }

        @Override
        public Optional<String> detail() {
            return Optional.of(accesses + " are let in of whom no grant is known; so many are not taken out without a reason"
                + " (postern.reconcile.removal-share-max)");
        }
    }

    /** Another process owns the service. */
    record NotOwner() implements RunOutcome {
        @Override
        public String word() {
            return "not-owner";
        }

        @Override
        public Optional<String> detail() {
            return Optional.empty();
        }
    }

    /**
     * A call failed, or did not do what it said.
     *
     * @param kind       what it means; empty if it was not the provider
     * @param reason     in words, without anything secret
     * @param retryAfter for how long the provider asks to be left alone
     */
    record Failed(Optional<CloudFailure.Kind> kind, String reason, Optional<Duration> retryAfter) implements RunOutcome {
        @Override
        public String word() {
            return kind.map(known -> "provider-" + known.name().toLowerCase(java.util.Locale.ROOT)).orElse("failed");
        }

        @Override
        public Optional<String> detail() {
            return Optional.of(reason);
        }

        /** Returns true if our own rate limiter held the call back, with a time for the retry. */
        boolean ownBudget() {
            return kind.isPresent() && kind.get() == CloudFailure.Kind.SHARE;
        }

        /** Returns true if a soon retry is of no use. */
        boolean standing() {
            return kind.isPresent() && (kind.get() == CloudFailure.Kind.CREDENTIAL || kind.get() == CloudFailure.Kind.FORBIDDEN
                || kind.get() == CloudFailure.Kind.REFUSED);
        }
    }
}
