// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud.digitalocean;

import dev.postern.events.ServiceName;
import dev.postern.firewall.AccountView;
import dev.postern.firewall.budget.BudgetPolicy;
import dev.postern.firewall.budget.BudgetPolicy.Urgency;
import dev.postern.firewall.budget.CallBudget;
import dev.postern.firewall.budget.CallPermit;
import dev.postern.firewall.cloud.CloudAccounts;
import dev.postern.firewall.cloud.CloudFirewall;
import dev.postern.firewall.cloud.CloudProvider;
import dev.postern.firewall.cloud.Credential;
import dev.postern.firewall.cloud.HttpAnswers;
import dev.postern.firewall.cloud.ProviderHttpClient;
import dev.postern.firewall.plan.ProviderLimits;
import io.smallrye.mutiny.Uni;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jboss.resteasy.reactive.RestResponse;

/** DigitalOcean, with the credential of one account. */
final class DigitalOceanProvider implements CloudProvider {
    private static final URI PUBLIC_API = URI.create("https://api.digitalocean.com");

    private final DigitalOceanApi api;
    private final DigitalOceanLookupApi lookup;
    private final DigitalOceanJson json = new DigitalOceanJson();
    private final Duration answerTimeout;
    private volatile CallBudget budget = CallBudget.UNKNOWN;

    DigitalOceanProvider(CloudAccounts.Account account, Credential credential) {
        answerTimeout = account.answerTimeout();
        api = ProviderHttpClient.of(account, credential, PUBLIC_API, DigitalOceanApi.class);
        lookup = ProviderHttpClient.of(account, credential, PUBLIC_API, DigitalOceanLookupApi.class);
    }

    DigitalOceanApi api() {
        return api;
    }

    DigitalOceanLookup lookup(CallPermit passage) {
        return new DigitalOceanLookup(this, lookup, passage);
    }

    DigitalOceanJson json() {
        return json;
    }

    Duration answerTimeout() {
        return answerTimeout;
    }

    void readBudget(RestResponse<byte[]> answer) {
        HttpAnswers.budget(answer, Instant.now()).ifPresent(said -> budget = said);
    }

    @Override
    public ProviderLimits limits() {
        return ProviderLimits.DIGITALOCEAN;
    }

    @Override
    public BudgetPolicy share() {
        return BudgetPolicy.DIGITALOCEAN;
    }

    @Override
    public CallBudget budget() {
        return budget;
    }

    @Override
    public Uni<Optional<String>> identity(CallPermit passage) {
        return lookup(passage).identity();
    }

    @Override
    public Uni<Map<String, Boolean>> scopes(CallPermit passage) {
        return new DigitalOceanScopes(this, lookup, passage).probe();
    }

    @Override
    public Uni<Optional<AccountView>> view(CallPermit passage) {
        return lookup(passage).view().map(Optional::of);
    }

    @Override
    public CloudFirewall firewalls(Function<Urgency, CallPermit> passages, ServiceName service, Urgency urgency) {
        return new DigitalOceanFirewall(this, passages.apply(urgency));
    }
}
