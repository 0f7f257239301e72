// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud.cloudflare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.firewall.budget.CallPermit;
import dev.postern.firewall.budget.CloudFailure;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jboss.resteasy.reactive.RestResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CloudflareScopesTest {
    private static final String REFUSED = "{\"success\":false,\"errors\":[{\"code\":10000,\"message\":\"Authentication error\"}],\"result\":null}";

    private final List<String> calls = new ArrayList<>();
    private int listing = 200;
    private int deletion = 404;
    private int ofUser = 401;
    private int ofAccount = 200;
    private String status = "active";

    /** Cloudflare's answers to the probes. */
    private final class Answers implements CloudflareApi, CloudflareTokenApi {
        private Uni<RestResponse<byte[]>> answer(String call, int with, String result) {
            calls.add(call);
            String body = with == 200 ? "{\"success\":true,\"errors\":[],\"result\":" + result + "}" : REFUSED;
            return Uni.createFrom().item(RestResponse.ResponseBuilder.<byte[]>create(with, "").entity(body.getBytes(StandardCharsets.UTF_8)).build());
        }

        @Override
        public Uni<RestResponse<byte[]>> lists(String account) {
            return answer("GET lists", listing, "[]");
        }

        @Override
        public Uni<RestResponse<byte[]>> delete(String account, String id) {
            return answer("DELETE " + id, deletion, "{}");
        }

        @Override
        public Uni<RestResponse<byte[]>> verifyOfUser() {
            return answer("verify user", ofUser, "{\"id\":\"token\",\"status\":\"" + status + "\"}");
        }

        @Override
        public Uni<RestResponse<byte[]>> verifyOfAccount(String account) {
            return answer("verify " + account, ofAccount, "{\"id\":\"token\",\"status\":\"" + status + "\"}");
        }

        @Override
        public Uni<RestResponse<byte[]>> list(String account, String id) {
            throw new AssertionError("no probe");
        }

        @Override
        public Uni<RestResponse<byte[]>> items(String account, String id, int perPage, String cursor) {
            throw new AssertionError("no probe");
        }

        @Override
        public Uni<RestResponse<byte[]>> create(String account, byte[] body) {
            throw new AssertionError("no probe");
        }

        @Override
        public Uni<RestResponse<byte[]>> replaceItems(String account, String id, byte[] body) {
            throw new AssertionError("no probe");
        }

        @Override
        public Uni<RestResponse<byte[]>> operation(String account, String operation) {
            throw new AssertionError("no probe");
        }
    }

    private Map<String, Boolean> probed() {
        Answers answers = new Answers();
        return new CloudflareProvider(answers, answers, "edge", Duration.ofSeconds(1), () -> Instant.EPOCH, (wait, work) -> {}, 0, 0)
            .scopes(CallPermit.FREE).await().indefinitely();
    }

    @ParameterizedTest
    @CsvSource({"200, 404, true, true", "200, 400, true, true", "200, 403, true, false", "403, 403, false, false", "403, 404, false, true"})
    void permissionIsMissingWhereItsProbeIsForbidden(int read, int write, boolean reads, boolean edits) {
        listing = read;
        deletion = write;
        assertThat(probed()).isEqualTo(Map.of(CloudflareScopes.READ, reads, CloudflareScopes.EDIT, edits));
    }

    @Test
    void tokenThatMayReadIsNotVerifiedAndNothingThatExistsIsNamedInAWrite() {
        probed();
        assertThat(calls).containsExactly("GET lists", "DELETE " + "0".repeat(32));
    }

    @Test
    void tokenOfTheAccountIsVerifiedWhereItIsNoneOfAUser() {
        listing = 403;
        probed();
        assertThat(calls).containsExactly("GET lists", "verify user", "verify edge", "DELETE " + "0".repeat(32));
        calls.clear();
        ofUser = 200;
        probed();
        assertThat(calls).as("a user's").containsExactly("GET lists", "verify user", "DELETE " + "0".repeat(32));
    }

    /** Cloudflare answers 403 to a token that has expired as to one that lacks a permission. */
    @ParameterizedTest
    @CsvSource({"200, 401, expired, expired", "200, 401, disabled, disabled", "401, 200, expired, expired", "401, 401, active, 401 10000 Authentication error"})
    void tokenThatIsNotActiveIsARefusedCredentialAndNoMissingPermission(int user, int account, String told, String said) {
        listing = 403;
        deletion = 403;
        ofUser = user;
        ofAccount = account;
        status = told;
        assertThatThrownBy(this::probed).isInstanceOfSatisfying(CloudFailure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(CloudFailure.Kind.CREDENTIAL);
            assertThat(failure.getMessage()).endsWith(said);
        });
    }

    @Test
    void unknownTokenIsARefusedCredential() {
        listing = 401;
        assertThatThrownBy(this::probed).isInstanceOfSatisfying(CloudFailure.class,
            failure -> assertThat(failure.kind()).isEqualTo(CloudFailure.Kind.CREDENTIAL));
    }
}
