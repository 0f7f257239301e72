// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.regex.Pattern;

/** Says why a call is not authorized, as far as what the caller sent says so; nothing of a token is repeated but its own end. */
final class UnauthorizedCalls {
    private static final String SCHEME = "Bearer ";
    /** Prefix of gateway tokens. */
    private static final String GATEWAY_TOKEN = "pst_";
    /** The same without a scheme, or with another one than Bearer. */
    private static final Pattern OTHER_SCHEME = Pattern.compile("(?:[A-Za-z]{1,20} +)?" + GATEWAY_TOKEN);
    private static final int PART_CHARACTERS_MAX = 8_192;
    private static final JsonMapper MAPPER = new JsonMapper();

    private UnauthorizedCalls() {}

    /** Returns the problem of a call with this Authorization header; null for none. */
    static Problem problem(String authorization, Instant now) {
        String token = authorization != null && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
            ? authorization.substring(SCHEME.length()).strip() : "";
        if (token.startsWith(GATEWAY_TOKEN) || authorization != null && OTHER_SCHEME.matcher(authorization).lookingAt()) {
            return new Problem(401, "unauthorized", "this is a token for the gateway; this service takes access tokens of the realm");
        }
        Instant end = end(token);
        return end != null && end.isBefore(now) ? new Problem(401, "unauthorized", "the access token expired at " + end + "; get another one from the realm")
            : HttpProblems.of(401);
    }

    /** When a JWT says that it ends, not verified; null if it says nothing. */
    private static Instant end(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3 || parts[1].length() > PART_CHARACTERS_MAX) {
            return null;
        }
        try {
            JsonNode claims = MAPPER.readTree(Base64.getUrlDecoder().decode(parts[1]));
            return claims != null && claims.path("exp").isIntegralNumber() && claims.get("exp").canConvertToLong()
                ? Instant.ofEpochSecond(claims.get("exp").longValue()) : null;
        } catch (IOException | IllegalArgumentException | DateTimeException unreadable) {
            return null;
        }
    }
}
