// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkus.oidc.runtime.OidcAuthenticationMechanism;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.quarkus.vertx.http.runtime.security.HttpCredentialTransport;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import java.time.Instant;
import java.util.Set;

/**
 * Wraps quarkus-oidc's mechanism for two changes. Identities that it verified a moment ago come from {@link VerifiedTokenCache}. And a call without a token is
 * answered with a problem document: where a guard of paths (Keycloak's policy enforcer) asks for a token, the framework would answer without a body.
 */
@Alternative
@Priority(1)
@ApplicationScoped
public class ProblemOidcMechanism implements HttpAuthenticationMechanism {
    private final OidcAuthenticationMechanism oidc;
    private final VerifiedTokenCache callers;

    ProblemOidcMechanism(OidcAuthenticationMechanism oidc, VerifiedTokenCache callers) {
        this.oidc = oidc;
        this.callers = callers;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager identities) {
        return callers.authenticate(context, () -> oidc.authenticate(context, identities));
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        return oidc.getChallenge(context);
    }

    @Override
    public Uni<Boolean> sendChallenge(RoutingContext context) {
        return getChallenge(context).map(challenge -> {
            context.response().putHeader(HttpHeaderNames.WWW_AUTHENTICATE, ProblemAnswers.NO_TOKEN);
            VertxAnswers.send(context, UnauthorizedCalls.problem(context.request().getHeader(HttpHeaderNames.AUTHORIZATION), Instant.now()));
            return true;
        });
    }

    @Override
    public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
        return oidc.getCredentialTypes();
    }

    @Override
    public Uni<HttpCredentialTransport> getCredentialTransport(RoutingContext context) {
        return oidc.getCredentialTransport(context);
    }

    @Override
    public int getPriority() {
        return oidc.getPriority();
    }
}
