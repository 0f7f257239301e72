// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.events.ServiceName;
import dev.postern.firewall.AccountView;
import dev.postern.firewall.budget.BudgetPolicy;
import dev.postern.firewall.budget.BudgetPolicy.Urgency;
import dev.postern.firewall.budget.CallBudget;
import dev.postern.firewall.budget.CallPermit;
import dev.postern.firewall.cloud.CloudAccounts;
import dev.postern.firewall.cloud.CloudFirewall;
import dev.postern.firewall.cloud.CloudProvider;
import dev.postern.firewall.cloud.CloudProviderFactory;
import dev.postern.firewall.cloud.Credential;
import dev.postern.firewall.cloud.cloudflare.CloudflareProviderFactory;
import dev.postern.firewall.cloud.digitalocean.DigitalOceanProviderFactory;
import dev.postern.firewall.plan.ProviderLimits;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Configuration alone chooses the provider of an account, also one that no other class has heard of. */
class ProviderFactoriesTest {
    private final List<CloudProviderFactory> known = List.of(new DigitalOceanProviderFactory(), new CloudflareProviderFactory());

    private static CloudProvider open(List<CloudProviderFactory> factories, String provider) {
        CloudAccounts.Account account = new SmallRyeConfigBuilder().withMapping(CloudAccounts.class)
            .withSources(new PropertiesConfigSource(Map.of("postern.accounts.acme.provider", provider, "postern.accounts.acme.token", "t"), "test", 1))
            .build().getConfigMapping(CloudAccounts.class).byName().get("acme");
        return new ProviderFactories(factories).create("acme", account, Credential.of("acme", account));
    }

    @Test
    void thirdProviderIsChosenByItsNameInTheConfiguration() {
        assertThat(open(List.of(known.get(0), new ThirdFactory(), known.get(1)), "third")).isInstanceOf(ThirdProvider.class);
    }

    @Test
    void unknownProviderIsRefusedWithTheNamesThatExist() {
        assertThatThrownBy(() -> open(known, "thrid")).isInstanceOf(IllegalArgumentException.class)
            .hasMessage("postern.accounts.acme.provider is thrid and must be one of cloudflare, digitalocean");
    }

    @Test
    void settingThatOneProviderNeedsIsNamedWhereItIsMissing() {
        assertThatThrownBy(() -> open(known, "cloudflare")).hasMessageContaining("postern.accounts.acme.account-id");
    }

    @Test
    void twoFactoriesOfOneNameAreRefused() {
        assertThatThrownBy(() -> open(List.of(known.get(0), known.get(0)), "digitalocean"))
            .hasMessageContaining("two provider factories are named digitalocean");
    }

    private static final class ThirdFactory implements CloudProviderFactory {
        @Override
        public String provider() {
            return "third";
        }

        @Override
        public CloudProvider create(String name, CloudAccounts.Account account, Credential credential) {
            return new ThirdProvider();
        }
    }

    private static final class ThirdProvider implements CloudProvider {
        @Override
        public ProviderLimits limits() {
            return new ProviderLimits(1, 1);
        }

        @Override
        public BudgetPolicy share() {
            return BudgetPolicy.DIGITALOCEAN;
        }

        @Override
        public CallBudget budget() {
            return CallBudget.UNKNOWN;
        }

        @Override
        public Uni<Optional<String>> identity(CallPermit passage) {
            return Uni.createFrom().item(Optional.empty());
        }

        @Override
        public Uni<Optional<AccountView>> view(CallPermit passage) {
            return Uni.createFrom().item(Optional.empty());
        }

        @Override
        public CloudFirewall firewalls(Function<Urgency, CallPermit> passages, ServiceName service, Urgency urgency) {
            throw new UnsupportedOperationException("no firewall is asked for");
        }
    }
}
