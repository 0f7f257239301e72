// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud.cloudflare;

import dev.postern.events.ServiceName;
import dev.postern.firewall.AccountView;
import dev.postern.firewall.budget.BudgetPolicy;
import dev.postern.firewall.budget.BudgetPolicy.Pace;
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
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.resteasy.reactive.RestResponse;

/** Cloudflare, with the credential of one account. */
final class CloudflareProvider implements CloudProvider {
    private static final URI PUBLIC_API = URI.create("https://api.cloudflare.com");

    private final CloudflareApi api;
    private final CloudflareTokenApi tokens;
    private final CloudflareJson json = new CloudflareJson();
    private final String accountId;
    private final Duration answerTimeout;
    private final Supplier<Instant> clock;
    private final KnownLists lists = new KnownLists();
    private final BulkOperationQueue queue;
    private volatile Supplier<Pace> pace = () -> Pace.NONE;
    private volatile CallBudget budget = CallBudget.UNKNOWN;

    /** @param accountId the account's id at Cloudflare */
    CloudflareProvider(String accountId, CloudAccounts.Account account, Credential credential) {
        this(ProviderHttpClient.of(account, credential, PUBLIC_API, CloudflareApi.class),
            ProviderHttpClient.of(account, credential, PUBLIC_API, CloudflareTokenApi.class), accountId, account.answerTimeout(), Instant::now,
            CloudflareProvider::after, account.listWritesPer12Hours(), account.listItemChangesPer12Hours());
    }

    /**
     * An account.
     *
     * @param later              does something after a time
     * @param writesPer12Hours   operations that the provider takes in twelve hours; 0 if it does not limit them
     * @param changesPer12Hours  items that they may change; 0 if it does not limit them
     */
    CloudflareProvider(CloudflareApi api, CloudflareTokenApi tokens, String accountId, Duration answerTimeout, Supplier<Instant> clock,
                       BiConsumer<Duration, Runnable> later, int writesPer12Hours, int changesPer12Hours) {
        this.api = api;
        this.tokens = tokens;
        this.accountId = accountId;
        this.answerTimeout = answerTimeout;
        this.clock = clock;
        this.queue = new BulkOperationQueue(clock, later, () -> pace.get().interval(), writesPer12Hours, changesPer12Hours);
    }

    private static void after(Duration wait, Runnable work) {
        Uni.createFrom().voidItem().onItem().delayIt().by(wait.plusMillis(1)).subscribe().with(waited -> work.run());
    }

    @Override
    public boolean oneAtATime() {
        return true;
    }

    @Override
    public void paced(Supplier<Pace> account) {
        pace = account;
    }

    @Override
    public void onTurn(Consumer<ServiceName> listener) {
        queue.onTurn(listener);
    }

    @Override
    public boolean gathering() {
        return queue.gathering();
    }

    BulkOperationQueue queue() {
        return queue;
    }

    /** Returns what this process knows of the account's lists. */
    KnownLists lists() {
        return lists;
    }

    /** Returns whether calls have to be saved. */
    boolean scarce() {
        return pace.get().scarce() || queue.gathering();
    }

    Instant now() {
        return clock.get();
    }

    CloudflareApi api() {
        return api;
    }

    CloudflareTokenApi tokens() {
        return tokens;
    }

    CloudflareJson json() {
        return json;
    }

    String accountId() {
        return accountId;
    }

    Duration answerTimeout() {
        return answerTimeout;
    }

    void readBudget(RestResponse<byte[]> answer) {
        HttpAnswers.budget(answer, clock.get()).ifPresent(said -> budget = said);
    }

    @Override
    public ProviderLimits limits() {
        return ProviderLimits.CLOUDFLARE;
    }

    @Override
    public BudgetPolicy share() {
        return BudgetPolicy.CLOUDFLARE;
    }

    @Override
    public CallBudget budget() {
        return budget;
    }

    /** The account's id is in every path, so no credential of another account can be mistaken for this one's. */
    @Override
    public Uni<Optional<String>> identity(CallPermit passage) {
        return Uni.createFrom().item(Optional.of("account " + accountId));
    }

    @Override
    public Uni<Map<String, Boolean>> scopes(CallPermit passage) {
        return new CloudflareScopes(this, passage).probe();
    }

    /** Rules of the operator's own refer to a list: it is attached to nothing. */
    @Override
    public Uni<Optional<AccountView>> view(CallPermit passage) {
        return Uni.createFrom().item(Optional.empty());
    }

    @Override
    public CloudFirewall firewalls(Function<Urgency, CallPermit> passages, ServiceName service, Urgency urgency) {
        return new CloudflareFirewall(this, passages, service, urgency);
    }
}
