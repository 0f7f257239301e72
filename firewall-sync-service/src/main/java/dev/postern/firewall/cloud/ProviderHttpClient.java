// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud;

import io.quarkus.rest.client.reactive.QuarkusRestClientBuilder;
import jakarta.ws.rs.client.ClientRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.jboss.resteasy.reactive.client.api.QuarkusRestClientProperties;

/** Builds the HTTP client of one account: bearer authentication, the configured timeouts, no redirects. All providers share it. */
public final class ProviderHttpClient {
    private static final int CONNECTIONS_MAX = 16;

    private ProviderHttpClient() {}

    /**
     * Returns a client that sends the account's credential as a bearer token. Each request reads the credential again, so a new one needs no new client.
     *
     * @param publicApi the provider's own address, for an account that configures none
     * @param type      the interface of the API's operations
     */
    public static <A> A of(CloudAccounts.Account account, Credential credential, URI publicApi, Class<A> type) {
        ClientRequestFilter authorization = request -> request.getHeaders().putSingle(HttpHeaders.AUTHORIZATION, "Bearer " + credential.value());
        return QuarkusRestClientBuilder.newBuilder()
            .baseUri(account.url().orElse(publicApi))
            .connectTimeout(account.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .readTimeout(account.answerTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .followRedirects(false)
            .disableDefaultMapper(true)
            .userAgent("postern-firewall-sync")
            .property(QuarkusRestClientProperties.CONNECTION_POOL_SIZE, CONNECTIONS_MAX)
            .register(authorization)
            .build(type);
    }
}
