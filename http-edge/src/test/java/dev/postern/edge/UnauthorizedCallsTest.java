// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnauthorizedCallsTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private static String jwt(String claims) {
        return "Bearer e30." + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + ".c2ln";
    }

    @Test
    void expiredTokenIsToldWhenItExpired() {
        Problem problem = UnauthorizedCalls.problem(jwt("{\"exp\": " + NOON.minusSeconds(60).getEpochSecond() + ", \"sub\": \"olga\"}"), NOON);
        assertThat(problem.status()).isEqualTo(401);
        assertThat(problem.rule()).isEqualTo("unauthorized");
        assertThat(problem.detail()).contains("expired at 2026-03-01T11:59:00Z").doesNotContain("olga");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bearer pst_secret", "Bearer   pst_secret", "pst_secret", "token pst_secret", "Token  pst_secret"})
    void tokenOfTheGatewayIsToldWhereItBelongs(String authorization) {
        Problem problem = UnauthorizedCalls.problem(authorization, NOON);
        assertThat(problem.detail()).contains("token for the gateway").doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Basic eDp5", "Bearer ", "Bearer x", "Bearer a.b.c", "Bearer a..c", "Bearer e30.W10.x", "Bearer e30.eyJleHAiOiJub29uIn0.x",
        "Bearer e30.eyJleHAiOjk5OTk5OTk5OTk5OTk5OTk5OTk5OX0.x", "Bearer e30.eyJleHAiOjkyMjMzNzIwMzY4NTQ3NzU4MDd9.x"})
    void anythingElseIsToldWhatIsNeeded(String authorization) {
        Problem problem = UnauthorizedCalls.problem(authorization.isEmpty() ? null : authorization, NOON);
        assertThat(problem.rule()).isEqualTo("unauthorized");
        assertThat(problem.detail()).isEqualTo("a valid access token of the realm is needed");
    }
}
