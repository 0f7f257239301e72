// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

/** A real Keycloak with the realm {@code postern} of postern-realm.json. */
public interface KeycloakPart extends Part {
    /** The name of the realm. */
    String REALM = "postern";

    /** {@code http://localhost:<port>}. */
    String url();

    /** The realm's issuer, which is also {@code quarkus.oidc.auth-server-url}. */
    default String issuer() {
        return url() + "/realms/" + REALM;
    }

    /** Access tokens of the sample people and clients. */
    default KeycloakTokens tokens() {
        return new KeycloakTokens(issuer());
    }
}
