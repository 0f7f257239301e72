// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.TokenId;
import dev.postern.token.AccessRequest.Granted;
import dev.postern.token.LiveToken;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * The introspection response for a token: RFC 7662 section 2.2, with {@code authorization_details} of RFC 9396 section 9.2. Times in seconds since
 * 1970. No member changes while the token is live.
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
record Introspection(boolean active, String tokenType, String iss, String sub, String clientId, TokenId jti, long iat, long exp, AccessRequestId requestId,
                     AccountName account, Optional<String> onBehalfOf, List<AuthorizationDetail> authorizationDetails) {
    static final String TOKEN_TYPE = "Bearer";

    static Introspection of(Granted grant, LiveToken token, URI issuer) {
        return new Introspection(true, TOKEN_TYPE, issuer.toString(), grant.asked().requester().subject(), grant.asked().requester().client(), token.id(),
            token.issuedAt().getEpochSecond(), grant.validUntil().getEpochSecond(), grant.id(), grant.asked().account(), grant.asked().onBehalfOf(),
            grant.granted().authorizationDetails());
    }
}
