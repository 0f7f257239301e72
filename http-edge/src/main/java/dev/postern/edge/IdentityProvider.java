// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Distinguishes a refusal from an outage. Keycloak's policy enforcer asks Keycloak at each call, and denies also when it gets no answer; the caller would learn
 * that a role is missing. Where the enforcer guards, a denial is therefore followed by the question whether Keycloak answers at all.
 */
@Singleton
public class IdentityProvider {
    private static final Logger LOG = Logger.getLogger(IdentityProvider.class);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(2);
    /** Time for which one check of Keycloak's availability serves all denials. */
    private static final Duration ASKED_FOR = Duration.ofMillis(500);

    private final Uni<Boolean> answers;

    @Inject
    IdentityProvider(Vertx vertx, @ConfigProperty(name = "quarkus.keycloak.policy-enforcer.enabled", defaultValue = "false") boolean enforced,
                     @ConfigProperty(name = "quarkus.oidc.auth-server-url") Optional<String> issuer) {
        this(vertx, enforced ? issuer : Optional.empty());
    }

    IdentityProvider(Vertx vertx, Optional<String> issuer) {
        if (issuer.isEmpty()) {
            answers = Uni.createFrom().item(true);
            return;
        }
        HttpClient http = vertx.createHttpClient(new HttpClientOptions().setConnectTimeout((int) ANSWER_WITHIN.toMillis()));
        RequestOptions discovery = new RequestOptions().setMethod(HttpMethod.GET).setTimeout(ANSWER_WITHIN.toMillis())
            .setAbsoluteURI(issuer.get().replaceAll("/+$", "") + "/.well-known/openid-configuration");
        answers = Uni.createFrom().completionStage(() -> http.request(discovery).compose(request -> request.send())
            .map(answer -> answer.statusCode() == 200).toCompletionStage())
            .onFailure().recoverWithItem(false).memoize().atLeast(ASKED_FOR);
    }

    /** Returns what a caller who was denied is told: 403, or 503 with Retry-After while Keycloak does not answer. */
    Uni<Problem> refusal() {
        return answers.map(answering -> {
            if (answering) {
                return HttpProblems.of(403);
            }
            LOG.warn("Keycloak unavailable; rejecting a call that needs its permission");
            return Problem.unavailable("Keycloak, which says who may do this, cannot be reached at the moment; nothing was accepted");
        });
    }
}
