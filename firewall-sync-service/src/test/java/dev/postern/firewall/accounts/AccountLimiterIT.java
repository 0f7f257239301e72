// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.events.AccountName;
import dev.postern.events.ServiceName;
import dev.postern.firewall.budget.BudgetPolicy;
import dev.postern.firewall.budget.BudgetPolicy.Urgency;
import dev.postern.firewall.budget.CallBudget;
import dev.postern.firewall.budget.CallPacing;
import dev.postern.firewall.budget.CallPermit;
import dev.postern.firewall.budget.CallUse;
import dev.postern.firewall.budget.CloudFailure;
import dev.postern.firewall.cloud.CloudFirewallContractIT;
import dev.postern.firewall.cloud.CloudProvider;
import dev.postern.firewall.cloud.cloudflare.CloudflareProviderFactory;
import dev.postern.firewall.cloud.digitalocean.DigitalOceanProviderFactory;
import dev.postern.firewall.real.RealFirewallService;
import dev.postern.local.cloudflare.SimulatedCloudflare;
import dev.postern.local.digitalocean.Settings;
import dev.postern.local.digitalocean.SimulatedDigitalOcean;
import dev.postern.local.simulated.RecordedCall;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The scope of a refusal: 401 blocks every call of the account, 403 only calls that need the same scope. Also the scopes of a credential. */
@QuarkusTest
@RealFirewallService
class AccountLimiterIT {
    private static final AccountName ACME = new AccountName("acme");
    private static final String READ = "Account Filter Lists Read";
    private static final String EDIT = "Account Filter Lists Edit";
    private static final Set<String> SCOPES = Set.of("account:read", "firewall:create", "firewall:delete", "firewall:read", "firewall:update", "tag:read",
        "droplet:read");

    private final AtomicInteger calls = new AtomicInteger();
    private Instant now = Instant.parse("2026-11-28T10:00:00Z");
    private final CallPacing.Count count = new CallPacing.Count() {
        @Override
        public Uni<CallUse> reserve(ServiceName service, int more) {
            return Uni.createFrom().item(CallUse.NONE);
        }

        @Override
        public Uni<Void> giveBack(ServiceName service, int less) {
            return Uni.createFrom().voidItem();
        }
    };
    private final AccountLimiter gate = new AccountLimiter(ACME, new CallPacing(BudgetPolicy.DIGITALOCEAN, count, () -> CallBudget.UNKNOWN, () -> now),
        new SimpleMeterRegistry(), () -> now);
    private final GrantedScopes scopes = new GrantedScopes(ACME, () -> now);
    private final CallPermit passage = scopes.guard(gate.passage(new ServiceName("shop"), Urgency.CLOSING));

    private void isAnswered(String scope, CloudFailure.Kind kind) {
        assertThatThrownBy(() -> passage.pass(scope, () -> Uni.createFrom().<String>failure(new CloudFailure(kind, "refused", Optional.empty())))
            .await().indefinitely()).isInstanceOf(CloudFailure.class);
    }

    private void passes(String scope) {
        assertThat(passage.pass(scope, () -> Uni.createFrom().item(calls.incrementAndGet())).await().indefinitely()).isEqualTo(calls.get());
    }

    private void isKeptBack(String scope, CloudFailure.Kind kind) {
        int before = calls.get();
        assertThatThrownBy(() -> passes(scope)).isInstanceOfSatisfying(CloudFailure.class, failure -> assertThat(failure.kind()).isEqualTo(kind));
        assertThat(calls).as("no call was made").hasValue(before);
    }

    @Test
    void refusedCredentialKeepsEveryCallOfTheAccountBackForTenSeconds() {
        isAnswered("firewall:delete", CloudFailure.Kind.CREDENTIAL);
        isKeptBack("firewall:update", CloudFailure.Kind.CREDENTIAL);
        isKeptBack("firewall:read", CloudFailure.Kind.CREDENTIAL);
        assertThat(gate.credentialRefused()).isTrue();
        now = now.plus(Duration.ofSeconds(11));
        passes("firewall:update");
        assertThat(gate.credentialRefused()).isFalse();
    }

    @Test
    void forbiddenCallKeepsOnlyCallsOfTheSameScopeBack() {
        isAnswered("firewall:delete", CloudFailure.Kind.FORBIDDEN);
        passes("firewall:update");
        passes("firewall:read");
        isKeptBack("firewall:delete", CloudFailure.Kind.FORBIDDEN);
        assertThat(gate.credentialRefused()).as("the credential is good").isFalse();
        assertThat(scopes.missing()).containsExactly("firewall:delete");
        now = now.plus(Duration.ofSeconds(11));
        passes("firewall:delete");
        assertThat(scopes.missing()).isEmpty();
    }

    @Test
    void newCredentialHasEveryScopeUntilItIsRefused() {
        isAnswered("firewall:delete", CloudFailure.Kind.FORBIDDEN);
        int before = scopes.credential();
        scopes.credentialChanged();
        scopes.probed(Map.of("firewall:delete", false), before);
        assertThat(scopes.missing()).as("a probe of the credential before says nothing").isEmpty();
        passes("firewall:delete");
    }

    @Test
    void eachScopeThatATokenLacksIsFoundWithoutChangingAnything() {
        try (SimulatedDigitalOcean ocean = SimulatedDigitalOcean.start(0, Settings.forTests())) {
            CloudProvider provider = new DigitalOceanProviderFactory().create("acme",
                CloudFirewallContractIT.account(ocean.url(), ocean.token(), Optional.empty()),
                CloudFirewallContractIT.credential(ocean.token()));
            int firewalls = ocean.byHand().firewalls().size();
            assertThat(probed(provider)).as("a token with every scope").isEmpty();
            for (String scope : SCOPES) {
                Set<String> rest = new TreeSet<>(SCOPES);
                rest.remove(scope);
                ocean.change(settings -> settings.withScopes(ocean.token(), rest));
                assertThat(probed(provider)).containsExactly(scope);
            }
            ocean.change(settings -> settings.withScopes(ocean.token(), Set.of()));
            assertThat(probed(provider)).isEqualTo(SCOPES);
            assertThat(ocean.byHand().firewalls()).hasSize(firewalls);
            assertThat(ocean.calls()).filteredOn(call -> !call.method().equals("GET")).extracting(RecordedCall::status).isNotEmpty()
                .allMatch(status -> status >= 400);
        }
    }

    @Test
    void eachPermissionThatACloudflareTokenLacksIsFoundWithoutChangingAnything() {
        try (SimulatedCloudflare flare = SimulatedCloudflare.start(0, dev.postern.local.cloudflare.Settings.forTests())) {
            flare.byHand().addList("postern_shop", "203.0.113.7");
            CloudProvider provider = new CloudflareProviderFactory().create("edge", CloudFirewallContractIT.account(flare.url(), flare.token(),
                Optional.of(flare.accountId())), CloudFirewallContractIT.credential(flare.token()));
            assertThat(probed(provider)).as("a token with every permission").isEmpty();
            flare.change(settings -> settings.withPermissions(flare.token(), Set.of(EDIT)));
            assertThat(probed(provider)).as("who may edit may read").isEmpty();
            flare.change(settings -> settings.withPermissions(flare.token(), Set.of(READ)));
            assertThat(probed(provider)).containsExactly(EDIT);
            flare.change(settings -> settings.withPermissions(flare.token(), Set.of()));
            assertThat(probed(provider)).containsExactly(EDIT, READ);
            assertThat(flare.byHand().lists()).hasSize(1);
            assertThat(flare.calls()).filteredOn(call -> !call.method().equals("GET")).extracting(RecordedCall::status).isNotEmpty()
                .allMatch(status -> status >= 400);
        }
    }

    private static Set<String> probed(CloudProvider provider) {
        Set<String> missing = new TreeSet<>();
        provider.scopes(CallPermit.FREE).await().atMost(Duration.ofSeconds(20)).forEach((scope, granted) -> {
            if (!granted) {
                missing.add(scope);
            }
        });
        return missing;
    }
}
