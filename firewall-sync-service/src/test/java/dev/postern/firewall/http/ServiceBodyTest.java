// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.edge.Problem;
import dev.postern.edge.Violation;
import dev.postern.events.AccountName;
import dev.postern.events.EventJson;
import dev.postern.events.ServiceName;
import dev.postern.events.ServiceProtected;
import dev.postern.events.Topic;
import dev.postern.firewall.plan.ProviderLimits;
import dev.postern.firewall.plan.ServiceContent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceBodyTest {
    private static final Map<AccountName, ProviderLimits> ACCOUNTS = Map.of(new AccountName("acme"), ProviderLimits.DIGITALOCEAN);
    private static final String BODY = """
        {"account": "acme", "project": "shop", "attachment": {"tags": ["web"]}, "ports": [{"protocol": "tcp", "ports": "5432"}]}""";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static ServiceContent read(String body) {
        return ServiceBody.read(body.getBytes(StandardCharsets.UTF_8), ACCOUNTS).content();
    }

    /** An accepted request must never be refused by its event: the caller would get 500. */
    @ParameterizedTest
    @ValueSource(strings = {"\\n", "\\r", "\\r\\n", "\\t", "\\u0085", "\\u2028", "\\u2029", "\\u000b", "\\u0000", "\\u202e", "\\u200b", "\\ufeff", " ",
        "e\\u0301", "$", "x"})
    void textAcceptedByTheRequestIsAcceptedByItsEvent(String odd) throws Exception {
        String text = MAPPER.readValue('"' + odd + '"', String.class);
        for (String own : List.of("acme", "shop", "web", "tcp", "5432")) {
            for (String changed : List.of(text + own, own + text, own.charAt(0) + text + own.substring(1))) {
                ServiceContent content;
                try {
                    content = read(BODY.replace('"' + own + '"', MAPPER.writeValueAsString(changed)));
                } catch (Problem refused) {
                    assertThat(refused.status()).isEqualTo(400);
                    continue;
                }
                ServiceProtected event = new ServiceProtected(new ServiceName("shop-db"), 1, content.account(), content.project(), content.attachment(),
                    content.ports(), content.sourceRules(), false, "olga", Instant.EPOCH,
                    Optional.empty());
                assertThat(EventJson.read(Topic.SERVICE_PROTECTED, EventJson.write(event))).isEqualTo(event);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"\\u2028, one-line", "\\n, one-line", "\\t, one-line", "\\u202e, plain-text", "\\u200b, plain-text"})
    void projectIsOneLineThatShowsAllOfItself(String odd, String rule) {
        Problem refused = org.assertj.core.api.Assertions.catchThrowableOfType(Problem.class, () -> read(BODY.replace("\"shop\"", "\"sh" + odd + "op\"")));
        assertThat(refused.errors()).extracting(Violation::pointer, Violation::rule).containsExactly(org.assertj.core.api.Assertions.tuple("/project", rule));
    }

    @Test
    void bodyIsRead() {
        assertThat(read(BODY).project()).contains("shop");
    }
}
