// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.firewall.budget.CloudFailure;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jboss.resteasy.reactive.RestResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpAnswersTest {
    @ParameterizedTest
    @ValueSource(ints = {404, 410})
    void bothStatusesOfAnObjectThatIsNotThereAreAnAnswerToARead(int status) {
        RestResponse<byte[]> answer = expected(status, 200, 404);
        assertThat(HttpAnswers.gone(answer)).isTrue();
        assertThat(HttpAnswers.gone(expected(200, 200, 404))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 410})
    void changeOfAnObjectThatIsNotThereIsRefusedAsGone(int status) {
        assertThatThrownBy(() -> expected(status, 200)).isInstanceOfSatisfying(CloudFailure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(CloudFailure.Kind.GONE);
            assertThat(failure.getMessage()).contains("PUT: " + status);
        });
    }

    @ParameterizedTest
    @CsvSource({"401, CREDENTIAL", "403, FORBIDDEN", "409, CONFLICT", "422, REFUSED", "429, BUDGET", "502, UNAVAILABLE", "302, UNCLEAR"})
    void noOtherRefusalIsTakenForAnObjectThatIsNotThere(int status, CloudFailure.Kind kind) {
        assertThatThrownBy(() -> expected(status, 200, 404)).isInstanceOfSatisfying(CloudFailure.class, failure -> assertThat(failure.kind()).isEqualTo(kind));
    }

    private static RestResponse<byte[]> expected(int status, Integer... expected) {
        RestResponse<byte[]> answer = RestResponse.ResponseBuilder.<byte[]>create(status, "").entity("{}".getBytes(StandardCharsets.UTF_8)).build();
        return HttpAnswers.expected("PUT", Uni.createFrom().item(answer), Duration.ofSeconds(1), body -> "", expected).await().indefinitely();
    }
}
