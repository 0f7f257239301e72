// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.events.AccountName;
import dev.postern.firewall.budget.CallPermit;
import dev.postern.firewall.budget.CloudFailure;
import dev.postern.firewall.cloud.CloudAccounts;
import dev.postern.firewall.cloud.Credential;
import io.smallrye.mutiny.Uni;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Credentials of another account are refused before any call; a file's credential is read again. */
@Execution(ExecutionMode.SAME_THREAD)
class AccountIdentityTest {
    private static final AccountName ACME = new AccountName("acme");
    private final Map<AccountName, String> table = new HashMap<>();
    private final AtomicInteger calls = new AtomicInteger();
    private Optional<String> shown = Optional.of("team one");
    private Instant now = Instant.parse("2026-11-27T10:00:00Z");

    private final AccountMemory memory = new AccountMemory() {
        @Override
        public Uni<String> rememberedOr(AccountName account, String identity) {
            table.putIfAbsent(account, identity);
            return Uni.createFrom().item(table.get(account));
        }

        @Override
        public Uni<Optional<String>> remembered(AccountName account) {
            return Uni.createFrom().item(Optional.ofNullable(table.get(account)));
        }
    };

    private AccountIdentity identity(Optional<String> configured) {
        return new AccountIdentity(ACME, configured, passage -> Uni.createFrom().item(() -> shown), memory, () -> now);
    }

    private int call(AccountIdentity identity) {
        return identity.guard(CallPermit.FREE).pass(() -> Uni.createFrom().item(calls.incrementAndGet())).await().indefinitely();
    }

    @Test
    void firstAccountSeenIsRemembered() {
        assertThat(call(identity(Optional.empty()))).isEqualTo(1);
        assertThat(table).containsEntry(ACME, "team one");
    }

    @Test
    void credentialOfAnotherTeamMakesNoCall() {
        table.put(ACME, "team one");
        shown = Optional.of("team two");
        AccountIdentity identity = identity(Optional.empty());
        assertThatThrownBy(() -> call(identity)).isInstanceOf(CloudFailure.class).hasMessageContainingAll("opens team two", "must open team one", ".identity");
        assertThat(calls).hasValue(0);
        assertThat(identity.refused()).isTrue();

        shown = Optional.of("team one");
        identity.credentialChanged();
        assertThat(call(identity)).isEqualTo(1);
        assertThat(identity.refused()).isFalse();
    }

    @Test
    void refusedCredentialIsCheckedAgainAfterAWhile() {
        table.put(ACME, "team one");
        shown = Optional.of("team two");
        AccountIdentity identity = identity(Optional.empty());
        assertThatThrownBy(() -> call(identity)).isInstanceOf(CloudFailure.class);
        shown = Optional.of("team one");
        assertThatThrownBy(() -> call(identity)).isInstanceOf(CloudFailure.class);
        now = now.plusSeconds(11);
        assertThat(call(identity)).isEqualTo(1);
    }

    @Test
    void credentialThatMayNotReadItsAccountIsRefusedOnlyWhereAnAccountIsKnown() {
        shown = Optional.empty();
        assertThat(call(identity(Optional.empty()))).isEqualTo(1);
        assertThatThrownBy(() -> call(identity(Optional.of("team one")))).hasMessageContaining("account:read");
    }

    @Test
    void configuredIdentityWinsOverTheRememberedOne() {
        table.put(ACME, "team old");
        assertThat(call(identity(Optional.of("team one")))).isEqualTo(1);
    }

    @Test
    void credentialIsReadAgainFromItsFile(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "dop_v1_first\n");
        Credential credential = Credential.of("acme", configured(file));
        assertThat(credential.value()).isEqualTo("dop_v1_first");
        assertThat(credential.reload()).isFalse();
        Files.writeString(file, "dop_v1_second");
        assertThat(credential.reload()).isTrue();
        assertThat(credential.value()).isEqualTo("dop_v1_second");
        Files.writeString(file, "  \n");
        assertThat(credential.reload()).isFalse();
        Files.delete(file);
        assertThat(credential.reload()).isFalse();
        assertThat(credential.value()).isEqualTo("dop_v1_second");
        assertThat(credential.toString()).doesNotContain("second");
    }

    private static CloudAccounts.Account configured(Path file) {
        return new CloudAccounts.Account() {
            @Override
            public String provider() {
                return "digitalocean";
            }

            @Override
            public Optional<java.net.URI> url() {
                return Optional.empty();
            }

            @Override
            public Optional<String> accountId() {
                return Optional.empty();
            }

            @Override
            public Optional<String> token() {
                return Optional.empty();
            }

            @Override
            public Optional<Path> tokenFile() {
                return Optional.of(file);
            }

            @Override
            public Optional<String> identity() {
                return Optional.empty();
            }

            @Override
            public OptionalInt callsPerMinute() {
                return OptionalInt.empty();
            }

            @Override
            public OptionalInt callsPerHour() {
                return OptionalInt.empty();
            }

            @Override
            public int listWritesPer12Hours() {
                return 0;
            }

            @Override
            public int listItemChangesPer12Hours() {
                return 0;
            }

            @Override
            public Duration connectTimeout() {
                return Duration.ofSeconds(1);
            }

            @Override
            public Duration answerTimeout() {
                return Duration.ofSeconds(1);
            }
        };
    }
}
