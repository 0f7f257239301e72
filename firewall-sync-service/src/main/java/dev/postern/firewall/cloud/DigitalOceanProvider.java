package dev.postern.firewall.cloud;

import dev.postern.firewall.ProviderLimits;
import dev.postern.firewall.ShareCalls;
import io.quarkus.rest.client.reactive.QuarkusRestClientBuilder;
import jakarta.ws.rs.client.ClientRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.client.api.QuarkusRestClientProperties;

/** DigitalOcean, with the credential of one account. */
final class DigitalOceanProvider implements CloudProvider {
    private static final URI PUBLIC_API = URI.create("https://api.digitalocean.com");
    private static final int CONNECTIONS_MAX = 16;

    private final DigitalOceanApi api;
    private final DigitalOceanJson json = new DigitalOceanJson();
    private final Duration answerTimeout;
    private volatile CallBudget budget = CallBudget.UNKNOWN;

    DigitalOceanProvider(CloudAccounts.Account account) {
        answerTimeout = account.answerTimeout();
        api = client(account, PUBLIC_API, DigitalOceanApi.class);
    }

    /** A client that sends the account's credential as a bearer token, and nothing of it anywhere else. */
    static <A> A client(CloudAccounts.Account account, URI publicApi, Class<A> type) {
        String authorization = "Bearer " + account.token();
        ClientRequestFilter credential = request -> request.getHeaders().putSingle(HttpHeaders.AUTHORIZATION, authorization);
        return QuarkusRestClientBuilder.newBuilder()
            .baseUri(account.url().orElse(publicApi))
            .connectTimeout(account.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .readTimeout(account.answerTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .followRedirects(false)
            .disableDefaultMapper(true)
            .userAgent("postern-firewall-sync")
            .property(QuarkusRestClientProperties.CONNECTION_POOL_SIZE, CONNECTIONS_MAX)
            .register(credential)
            .build(type);
    }

    DigitalOceanApi api() {
        return api;
    }

    DigitalOceanJson json() {
        return json;
    }

    Duration answerTimeout() {
        return answerTimeout;
    }

    void readBudget(RestResponse<byte[]> answer) {
        HttpAnswers.budget(answer).ifPresent(said -> budget = said);
    }

    @Override
    public ProviderLimits limits() {
        return ProviderLimits.DIGITALOCEAN;
    }

    @Override
    public ShareCalls share() {
        return ShareCalls.DIGITALOCEAN;
    }

    @Override
    public CallBudget budget() {
        return budget;
    }

    @Override
    public CloudFirewall firewalls(Passage passage) {
        return new DigitalOceanFirewall(this, passage);
    }
}
