// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.accounts;

import dev.postern.events.AccountName;
import dev.postern.firewall.budget.CallPermit;
import dev.postern.firewall.budget.CloudFailure;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Remembers which scopes the credential of one account has, as calls and probes show. A call whose scope was refused (403) a moment ago is not made; calls
 * that need other scopes are. Safe for any thread.
 */
final class GrantedScopes {
    private static final Logger LOG = Logger.getLogger(GrantedScopes.class);
    private static final Duration REFUSED_FOR = Duration.ofSeconds(10);

    private final AccountName account;
    private final Supplier<Instant> clock;
    private final Map<String, Instant> refusedUntil = new TreeMap<>();
    private Optional<Instant> probedAt = Optional.empty();
    private int credential;

    GrantedScopes(AccountName account, Supplier<Instant> clock) {
        this.account = account;
        this.clock = clock;
    }

    /** Returns the scopes that the credential lacks, as far as is known. */
    synchronized Set<String> missing() {
        return new TreeSet<>(refusedUntil.keySet());
    }

    /** Returns when every scope was probed last; empty if this credential never was. */
    synchronized Optional<Instant> probedAt() {
        return probedAt;
    }

    /** Forgets what is known, because the credential is another one now. */
    synchronized void credentialChanged() {
        refusedUntil.clear();
        probedAt = Optional.empty();
        credential++;
    }

    /** Returns a number that changes with the credential. */
    synchronized int credential() {
        return credential;
    }

    /** Notes what a probe found. @param granted by scope; @param probed the credential that was probed, as {@link #credential()} gave it */
    synchronized void probed(Map<String, Boolean> granted, int probed) {
        if (probed == credential) {
            granted.forEach(this::learn);
            probedAt = Optional.of(clock.get());
        }
    }

    private synchronized void learn(String scope, boolean granted) {
        if (!granted) {
            if (refusedUntil.put(scope, clock.get().plus(REFUSED_FOR)) == null) {
                LOG.warn("Provider credential lacks a scope; refusing calls that need it account=" + account + " scope=" + scope);
            }
        } else if (refusedUntil.remove(scope) != null) {
            LOG.info("Provider credential gained a missing scope; calls resume account=" + account + " scope=" + scope);
        }
    }

    private synchronized boolean refused(String scope) {
        Instant until = refusedUntil.get(scope);
        return until != null && clock.get().isBefore(until);
    }

    /** Returns a passage that makes no call whose scope was refused a moment ago. */
    CallPermit guard(CallPermit passage) {
        return new CallPermit() {
            @Override
            public <T> Uni<T> pass(Supplier<Uni<T>> call) {
                return passage.pass(call);
            }

            @Override
            public <T> Uni<T> pass(String scope, Supplier<Uni<T>> call) {
                if (refused(scope)) {
                    return Uni.createFrom().failure(CloudFailure.keptBack(CloudFailure.Kind.FORBIDDEN, "the credential of account " + account
                        + " lacks the scope " + scope + "; give it one that has it", Optional.empty()));
                }
                return passage.pass(call).onItemOrFailure().invoke((item, failure) -> {
                    if (failure == null) {
                        learn(scope, true);
                    } else if (failure instanceof CloudFailure cloud && cloud.kind() == CloudFailure.Kind.FORBIDDEN && !cloud.keptBack()) {
                        learn(scope, false);
                    }
                });
            }
        };
    }
}
