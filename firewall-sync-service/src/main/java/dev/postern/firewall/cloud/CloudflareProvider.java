package dev.postern.firewall.cloud;

import dev.postern.firewall.AccountView;
import dev.postern.firewall.ProviderLimits;
import dev.postern.firewall.ShareCalls;
import io.smallrye.mutiny.Uni;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.resteasy.reactive.RestResponse;

/** Cloudflare, with the credential of one account. */
final class CloudflareProvider implements CloudProvider {
    private static final URI PUBLIC_API = URI.create("https://api.cloudflare.com");

    private final CloudflareApi api;
    private final CloudflareJson json = new CloudflareJson();
    private final String accountId;
    private final Map<String, Optional<String>> operations = new ConcurrentHashMap<>();
    private final Duration answerTimeout;
    private volatile CallBudget budget = CallBudget.UNKNOWN;

    /** @throws IllegalArgumentException if the account's id is missing */
    CloudflareProvider(String name, CloudAccounts.Account account, Credential credential) {
        accountId = account.accountId()
            .orElseThrow(() -> new IllegalArgumentException("postern.accounts." + name + ".account-id must be the id of the account at Cloudflare"));
        answerTimeout = account.answerTimeout();
        api = DigitalOceanProvider.client(account, credential, PUBLIC_API, CloudflareApi.class);
    }

    CloudflareApi api() {
        return api;
    }

    CloudflareJson json() {
        return json;
    }

    String accountId() {
        return accountId;
    }

    /** By list, the operation that was asked last in this process; empty once it has come to its end. Who is not in it was asked by others, or nobody. */
    Map<String, Optional<String>> operations() {
        return operations;
    }

    Duration answerTimeout() {
        return answerTimeout;
    }

    void readBudget(RestResponse<byte[]> answer) {
        HttpAnswers.budget(answer).ifPresent(said -> budget = said);
    }

    @Override
    public ProviderLimits limits() {
        return ProviderLimits.CLOUDFLARE;
    }

    @Override
    public ShareCalls share() {
        return ShareCalls.CLOUDFLARE;
    }

    @Override
    public CallBudget budget() {
        return budget;
    }

    /** The account's id is in every path, so no credential of another account can be mistaken for this one's. */
    @Override
    public Uni<Optional<String>> identity(Passage passage) {
        return Uni.createFrom().item(Optional.of("account " + accountId));
    }

    /** Rules of the operator's own refer to a list: it is attached to nothing. */
    @Override
    public Uni<Optional<AccountView>> view(Passage passage) {
        return Uni.createFrom().item(Optional.empty());
    }

    @Override
    public CloudFirewall firewalls(Passage passage) {
        return new CloudflareFirewall(this, passage);
    }
}
