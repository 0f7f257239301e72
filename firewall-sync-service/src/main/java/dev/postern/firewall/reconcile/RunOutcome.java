package dev.postern.firewall.reconcile;

import dev.postern.firewall.cloud.CloudFailure;
import java.time.Duration;
import java.util.Optional;

/** How an activation ended. */
sealed interface RunOutcome {
    /** The word for it in the table and in metrics. */
    String word();

    /** Why, in words; empty if there is nothing to say. */
    Optional<String> detail();

    /** The provider shows what is wanted, and nothing is pending. */
    record Settled() implements RunOutcome {
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

        /** Whether calling again soon is of no use. */
        boolean standing() {
            return kind.isPresent() && (kind.get() == CloudFailure.Kind.CREDENTIAL || kind.get() == CloudFailure.Kind.BUDGET
                || kind.get() == CloudFailure.Kind.REFUSED);
        }
    }
}
