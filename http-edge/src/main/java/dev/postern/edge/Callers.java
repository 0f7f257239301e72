// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import dev.postern.events.Requester;
import io.quarkus.security.UnauthorizedException;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.jwt.JsonWebToken;

/** Reads the caller from the verified access token of the current request. One bean serves all requests: the injected identity is request-scoped. */
@Singleton
public class Callers {
    private static final String SERVICE_ACCOUNT_PREFIX = "service-account-";
    /** Roles that Keycloak gives everybody; they say nothing about anybody. */
    private static final Set<String> BUILT_IN_ROLES = Set.of("offline_access", "uma_authorization");
    private static final String DEFAULT_ROLES_PREFIX = "default-roles-";

    @Inject
    SecurityIdentity identity;

    /**
     * The caller: a portal if the token is a client's own (its service account), else a person.
     *
     * @throws UnauthorizedException (401) if there is no token, or it does not say whose it is
     */
    public Requester caller() {
        if (identity.isAnonymous() || !(identity.getPrincipal() instanceof JsonWebToken token)) {
            throw new UnauthorizedException();
        }
        String subject = token.getSubject();
        String client = token.<String>claim("azp").or(() -> token.<String>claim("client_id")).orElse(null);
        if (subject == null || client == null) {
            throw new UnauthorizedException();
        }
        String username = token.<String>claim("preferred_username").orElse("");
        boolean serviceAccount = username.equals(SERVICE_ACCOUNT_PREFIX + client);
        return new Requester(serviceAccount ? Requester.Kind.PORTAL : Requester.Kind.PERSON, subject, client, roles());
    }

    /** Returns true if the caller has the realm role. */
    public boolean has(String role) {
        return identity.hasRole(role);
    }

    private List<String> roles() {
        return identity.getRoles().stream()
            .filter(role -> !BUILT_IN_ROLES.contains(role) && !role.startsWith(DEFAULT_ROLES_PREFIX))
            .toList();
    }
}
