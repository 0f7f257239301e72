// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OAuthErrorsTest {
    private static JsonNode completed(Problem problem, String path, boolean authenticated) throws Exception {
        return new JsonMapper().readTree(OAuthErrors.complete(problem, path, authenticated).toJson());
    }

    @ParameterizedTest
    @CsvSource({"400, true, invalid_request", "401, true, invalid_token", "401, false, invalid_client", "403, true, unauthorized_client",
        "404, true, invalid_request",
        "405, true, invalid_request", "406, true, invalid_request", "413, true, invalid_request", "415, true, invalid_request", "500, true, server_error",
        "503, true, temporarily_unavailable"})
    void everyStatusHasAnErrorOfTheStandardBesideTheProblem(int status, boolean authenticated, String error) throws Exception {
        JsonNode refusal = completed(HttpProblems.of(status), "/oauth2/introspect", authenticated);
        assertThat(refusal.get("error").textValue()).isEqualTo(error);
        assertThat(refusal.get("error_description")).isEqualTo(refusal.get("detail"));
        assertThat(refusal.get("rule").textValue()).isNotEmpty();
    }

    @Test
    void descriptionHasOnlyTheCharactersThatTheStandardAllows() throws Exception {
        assertThat(completed(new Problem(400, "x", "say \"no\" \\ gr\u00fcn\n"), "/oauth2/revoke", true).get("error_description").textValue())
            .isEqualTo("say 'no' ' gr'n'");
    }

    @Test
    void otherPathsAreLeftAlone() throws Exception {
        for (String path : new String[] {"/access-requests", "/", null}) {
            assertThat(completed(HttpProblems.of(401), path, false).has("error")).isFalse();
        }
    }
}
