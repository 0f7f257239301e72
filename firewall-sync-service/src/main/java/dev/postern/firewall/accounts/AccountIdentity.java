// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.accounts;

import dev.postern.events.AccountName;
import dev.postern.firewall.budget.CallPermit;
import dev.postern.firewall.budget.CloudFailure;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Checks that a credential opens the account that it opened before. With another team's credential every object of ours would look deleted, and new ones
 * would be made over there. Safe for any thread.
 */
final class AccountIdentity {
    private static final Duration REFUSED_FOR = Duration.ofSeconds(10);

    private final AccountName account;
    private final Optional<String> configured;
    private final Function<CallPermit, Uni<Optional<String>>> reader;
    private final AccountMemory memory;
    private final Supplier<Instant> clock;
    private volatile State state = new State(false, null, Instant.EPOCH);

    private record State(boolean verified, String refusal, Instant refusedUntil) {}

    /**
     * @param configured the identity that the configuration demands
     * @param reader     asks the provider; empty if it does not say
     */
    AccountIdentity(AccountName account, Optional<String> configured, Function<CallPermit, Uni<Optional<String>>> reader, AccountMemory memory,
                    Supplier<Instant> clock) {
        this.account = account;
        this.configured = configured;
        this.reader = reader;
        this.memory = memory;
        this.clock = clock;
    }

    /** Returns whether the credential is known to open another account. */
    boolean refused() {
        return state.refusal() != null;
    }

    /** Forgets that the credential was checked, because it is another one now. */
    void credentialChanged() {
        state = new State(false, null, Instant.EPOCH);
    }

    /** Returns a passage that makes no call before the credential was checked. */
    CallPermit guard(CallPermit passage) {
        return new CallPermit() {
            @Override
            public <T> Uni<T> pass(Supplier<Uni<T>> call) {
                return state.verified() ? passage.pass(call) : verify(passage).chain(() -> passage.pass(call));
            }
        };
    }

    private Uni<Void> verify(CallPermit passage) {
        State before = state;
        if (before.refusal() != null && clock.get().isBefore(before.refusedUntil())) {
            return Uni.createFrom().failure(failure(before.refusal()));
        }
        return reader.apply(passage).chain(this::judge).chain(refusal -> {
            // A credential that came meanwhile has to be checked itself.
            if (state == before) {
                state = refusal.isEmpty() ? new State(true, null, Instant.EPOCH) : new State(false, refusal.get(), clock.get().plus(REFUSED_FOR));
            }
            return refusal.isEmpty() ? Uni.createFrom().voidItem() : Uni.createFrom().failure(failure(refusal.get()));
        });
    }

    private static CloudFailure failure(String refusal) {
        return new CloudFailure(CloudFailure.Kind.CREDENTIAL, refusal, Optional.empty());
    }

    /** Returns why the credential must not be used; empty if it may. */
    private Uni<Optional<String>> judge(Optional<String> seen) {
        if (seen.isEmpty()) {
            Uni<Optional<String>> expected = configured.isPresent() ? Uni.createFrom().item(configured) : memory.remembered(account);
            return expected.map(known -> known.map(identity -> "the credential of account " + account + " may not read which account it opens "
                + "(scope account:read), and it must be " + identity));
        }
        Uni<String> expected = configured.isPresent() ? Uni.createFrom().item(configured.get()) : memory.rememberedOr(account, seen.get());
        return expected.map(known -> known.equals(seen.get()) ? Optional.empty()
            : Optional.of("the credential of account " + account + " opens " + seen.get() + " and must open " + known
                + "; put a credential of that account back, or set postern.accounts." + account + ".identity if it moved"));
    }
}
