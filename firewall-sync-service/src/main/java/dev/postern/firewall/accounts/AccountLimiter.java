// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.accounts;

import dev.postern.events.AccountName;
import dev.postern.events.ServiceName;
import dev.postern.firewall.budget.BudgetPolicy.Pace;
import dev.postern.firewall.budget.BudgetPolicy.Urgency;
import dev.postern.firewall.budget.CallPacing;
import dev.postern.firewall.budget.CallPermit;
import dev.postern.firewall.budget.CloudFailure;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.faulttolerance.api.CircuitBreakerMaintenance;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import io.smallrye.faulttolerance.api.TypedGuard;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.util.TypeLiteral;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;

/**
 * The limiter of an account's calls: its rate limit, a pause that the provider asked for, and a circuit breaker. While the circuit is open, closings
 * still probe the provider, since an access that has ended must not wait.
 */
final class AccountLimiter {
    private static final int CALLS_JUDGED = 10;
    private static final double FAILURES_MAX = 0.6;
    private static final long OPEN_SECONDS = 5;
    private static final Duration PROBE_EVERY = Duration.ofSeconds(1);
    private static final Duration BUDGET_PAUSE = Duration.ofSeconds(2);
    private static final Duration CREDENTIAL_PAUSE = Duration.ofSeconds(10);

    private final AccountName account;
    private final CallPacing shares;
    private final MeterRegistry registry;
    private final Supplier<Instant> clock;
    private final String breaker;
    private final TypedGuard<Uni<Object>> guard;
    private Instant probedAt = Instant.EPOCH;
    private volatile Pause pause = new Pause(Instant.EPOCH, null, "");
    private volatile boolean credentialRefused;
    private volatile boolean failing;
    private volatile Runnable onRecovery = () -> {};

    private record Pause(Instant until, CloudFailure.Kind kind, String why) {}

    AccountLimiter(AccountName account, CallPacing shares, MeterRegistry registry, Supplier<Instant> clock) {
        this.account = account;
        this.shares = shares;
        this.registry = registry;
        this.clock = clock;
        Stream.concat(Stream.of("ok", "failed"), Arrays.stream(CloudFailure.Kind.values()).map(kind -> kind.name().toLowerCase(Locale.ROOT)))
            .forEach(this::calls); // at 0, so that the first failures count
        this.breaker = "account-" + account + "-" + System.identityHashCode(this);
        this.guard = TypedGuard.create(new TypeLiteral<Uni<Object>>() {})
            .withDescription(breaker)
            .withCircuitBreaker().name(breaker).requestVolumeThreshold(CALLS_JUDGED).failureRatio(FAILURES_MAX).delay(OPEN_SECONDS, ChronoUnit.SECONDS)
            .successThreshold(2).when(AccountLimiter::ill).done()
            .build();
    }

    /** The provider's own trouble; what it refuses for good reason says nothing of its health. */
    private static boolean ill(Throwable failure) {
        return failure instanceof CloudFailure cloud && (cloud.kind() == CloudFailure.Kind.UNAVAILABLE || cloud.kind() == CloudFailure.Kind.UNCLEAR);
    }

    /** Returns true if the last call's credential was refused. */
    boolean credentialRefused() {
        return credentialRefused;
    }

    /** Ends the pause of a refused credential, because there is another credential now. */
    void credentialChanged() {
        credentialRefused = false;
        if (pause.kind() == CloudFailure.Kind.CREDENTIAL) {
            pause = new Pause(Instant.EPOCH, null, "");
        }
    }

    /** Runs {@code listener} after the first call that succeeds when others had failed. */
    void onRecovery(Runnable listener) {
        onRecovery = listener;
    }

    /** Returns true if the circuit breaker is open or half-open. */
    boolean open() {
        return CircuitBreakerMaintenance.get().currentState(breaker) != CircuitBreakerState.CLOSED;
    }

    /** Returns the spacing between changes of the service. */
    Pace pace(ServiceName service) {
        return shares.pace(service);
    }

    /** Returns the pace of the account as a whole. */
    Pace pace() {
        return shares.pace();
    }

    /** A change was asked of the provider. */
    void changed() {
        shares.changed();
    }

    /** Returns whether changes gather because the budget is scarce. */
    boolean gathering() {
        return shares.gathering();
    }

    /** The way in for one errand. */
    CallPermit passage(ServiceName service, Urgency urgency) {
        return new CallPermit() {
            @Override
            public <T> Uni<T> pass(Supplier<Uni<T>> call) {
                return paused().chain(() -> shares.take(service, urgency)).chain(() -> guarded(urgency, call))
                    .onItemOrFailure().invoke((item, failure) -> ended(failure));
            }
        };
    }

    private Uni<Void> paused() {
        Pause now = pause;
        Duration left = Duration.between(clock.get(), now.until());
        return left.isNegative() || left.isZero() ? Uni.createFrom().voidItem()
            : Uni.createFrom().failure(new CloudFailure(now.kind(), now.why(), Optional.of(left)));
    }

    @SuppressWarnings("unchecked")
    private <T> Uni<T> guarded(Urgency urgency, Supplier<Uni<T>> call) {
        if (urgency == Urgency.CLOSING && mayProbe()) {
            return Uni.createFrom().deferred(call::get).invoke(() -> CircuitBreakerMaintenance.get().reset(breaker));
        }
        return Uni.createFrom().deferred(() -> guard.get(() -> (Uni<Object>) call.get())).map(answer -> (T) answer)
            .onFailure(CircuitBreakerOpenException.class).transform(open -> CloudFailure.keptBack(CloudFailure.Kind.UNAVAILABLE,
                "the provider keeps failing, so it is called less often", Optional.empty()));
    }

    private synchronized boolean mayProbe() {
        Instant now = clock.get();
        if (!open() || probedAt.plus(PROBE_EVERY).isAfter(now)) {
            return false;
        }
        probedAt = now;
        return true;
    }

    private void ended(Throwable failure) {
        if (failure == null && failing) {
            failing = false;
            CircuitBreakerMaintenance.get().reset(breaker);
            onRecovery.run();
        }
        failing |= ill(failure);
        String outcome = "ok";
        if (failure instanceof CloudFailure cloud) {
            outcome = cloud.kind().name().toLowerCase(Locale.ROOT);
            if (cloud.kind() == CloudFailure.Kind.BUDGET) {
                pauseFor(cloud, cloud.retryAfter().orElse(BUDGET_PAUSE));
            } else if (cloud.kind() == CloudFailure.Kind.CREDENTIAL) {
                pauseFor(cloud, CREDENTIAL_PAUSE);
            }
        } else if (failure != null) {
            outcome = "failed";
        }
        if (failure == null || failure instanceof CloudFailure cloud && cloud.kind() == CloudFailure.Kind.CREDENTIAL) {
            credentialRefused = failure != null;
        }
        calls(outcome).increment();
    }

    private Counter calls(String outcome) {
        return registry.counter("postern_provider_calls_total", "account", account.toString(), "outcome", outcome);
    }

    private void pauseFor(CloudFailure failure, Duration length) {
        Instant until = clock.get().plus(length);
        if (until.isAfter(pause.until()) && !clock.get().isBefore(pause.until())) {
            pause = new Pause(until, failure.kind(), failure.getMessage());
        }
    }
}
