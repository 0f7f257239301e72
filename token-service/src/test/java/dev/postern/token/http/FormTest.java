// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.postern.edge.Problem;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FormTest {
    @Test
    void unknownParametersAreIgnoredAndEncodedOnesAreRead() {
        Form form = Form.read("token=a%2Bb+c&token_type_hint=access_token&x=1".getBytes(StandardCharsets.UTF_8));
        assertThat(form.required("token")).isEqualTo("a+b c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "token", "token=", "token=a&token=b", "token=a&token=a", "token=%", "token=%zz", "Token=a", "&&&", "=a"})
    void malformedFormIsRefusedAndNotEchoed(String body) {
        Problem problem = catchThrowableOfType(Problem.class, () -> Form.read(body.getBytes(StandardCharsets.UTF_8)).required("token"));
        assertThat(problem.status()).isEqualTo(400);
        assertThat(problem.rule()).isEqualTo("invalid-request");
    }

    @Test
    void aFormThatIsTooLongOrNotUtf8IsRefused() {
        assertThat(catchThrowableOfType(Problem.class, () -> Form.read(new byte[5_000])).status()).isEqualTo(400);
        assertThat(catchThrowableOfType(Problem.class, () -> Form.read(new byte[] {'t', '=', (byte) 0xff})).status()).isEqualTo(400);
    }
}
