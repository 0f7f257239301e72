// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.keycloak;

import dev.postern.edge.Problem;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpResponseExpectation;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Finds the {@code sub} of a person or a client by name, in Keycloak's admin API. The service account of audit-service needs the role
 * {@code view-users} of {@code realm-management}; without it, or without an answer, the caller is told to use the {@code sub}.
 */
@ApplicationScoped
public class People {
    private static final Logger LOG = Logger.getLogger(People.class);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(3);
    private static final String REALMS = "/realms/";
    /** Keycloak's username of a client's own account begins with this. */
    private static final String SERVICE_ACCOUNT = "service-account-";

    private final WebClient http;
    private final String issuer;
    private final String client;
    private final String secret;

    People(Vertx vertx, @ConfigProperty(name = "quarkus.oidc.auth-server-url") String issuer, @ConfigProperty(name = "quarkus.oidc.client-id") String client,
           @ConfigProperty(name = "quarkus.oidc.credentials.secret") Optional<String> secret) {
        this.http = WebClient.create(vertx, new WebClientOptions().setConnectTimeout((int) ANSWER_WITHIN.toMillis()).setMaxPoolSize(2));
        this.issuer = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
        this.client = client;
        this.secret = secret.orElse("");
    }

    /**
     * Returns the {@code sub} of the person with exactly this username, or of the client with this id; empty if there is none.
     *
     * @return fails with 503 if Keycloak cannot be asked
     */
    public Uni<Optional<String>> subject(String name) {
        return Uni.createFrom().completionStage(() -> token().compose(token -> user(token, name)
            .compose(person -> person.isPresent() ? Future.succeededFuture(person) : user(token, SERVICE_ACCOUNT + name))).toCompletionStage())
            .onFailure().transform(failure -> {
                LOG.warn("Keycloak user lookup failed; rejecting the search", failure);
                return Problem.unavailable("names cannot be looked up at the moment; give the sub of the access token");
            });
    }

    private Future<String> token() {
        MultiMap form = MultiMap.caseInsensitiveMultiMap().add("grant_type", "client_credentials").add("client_id", client).add("client_secret", secret);
        return http.postAbs(issuer + "/protocol/openid-connect/token").timeout(ANSWER_WITHIN.toMillis()).sendForm(form)
            .expecting(HttpResponseExpectation.SC_OK).map(answer -> answer.bodyAsJsonObject().getString("access_token"));
    }

    private Future<Optional<String>> user(String token, String username) {
        int realm = issuer.lastIndexOf(REALMS);
        return http.getAbs(issuer.substring(0, realm) + "/admin" + issuer.substring(realm) + "/users").timeout(ANSWER_WITHIN.toMillis())
            .addQueryParam("username", username).addQueryParam("exact", "true").addQueryParam("briefRepresentation", "true")
            .bearerTokenAuthentication(token).send().expecting(HttpResponseExpectation.SC_OK)
            .map(answer -> users(answer.bodyAsJsonArray()).stream().filter(user -> username.equalsIgnoreCase(user.getString("username")))
                .map(user -> user.getString("id")).findFirst());
    }

    private static List<JsonObject> users(JsonArray found) {
        return found.stream().map(JsonObject.class::cast).toList();
    }
}
