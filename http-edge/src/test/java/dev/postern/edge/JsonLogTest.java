// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.quarkus.bootstrap.logging.InitialConfigurator;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logmanager.handlers.ConsoleHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The console's lines with JSON on: a refused call is one object with its fields, and without the caller's token. */
@QuarkusTest
@QuarkusTestResource(SignedTokens.class)
@TestProfile(JsonLogTest.Json.class)
class JsonLogTest {
    private static final String TOKEN = "pst_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

    @ConfigProperty(name = "test.url")
    URI url;
    private final Lines lines = new Lines();

    @BeforeEach
    void listen() {
        Logger.getLogger("").addHandler(lines);
    }

    @AfterEach
    void stopListening() {
        Logger.getLogger("").removeHandler(lines);
    }

    @Test
    void refusedCallIsOneObjectWithFieldsAndWithoutTheToken() throws Exception {
        assertThat(status("/things/failing/kafka-does-not-answer?token=" + TOKEN, "x-api-key", TOKEN)).isEqualTo(503);
        assertThat(status("/things", "Authorization", "Bearer " + TOKEN)).isEqualTo(401);
        JsonNode line = lines.of(HttpProblems.class);
        assertThat(line.get("message").asText()).isEqualTo("Dependency unavailable; rejecting the request");
        assertThat(line.get("level").asText()).isEqualTo("WARN");
        assertThat(line.at("/mdc/cause").asText()).isEqualTo("TimeoutException");
        assertThat(lines.all).isNotEmpty().noneMatch(each -> each.contains(TOKEN)).allMatch(each -> each.strip().lines().count() == 1);
    }

    private int status(String path, String header, String value) throws Exception {
        HttpRequest call = HttpRequest.newBuilder(url.resolve(path)).header(header, value).build();
        return HttpClient.newHttpClient().send(call, HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    /** Switches the format by the one setting. */
    public static final class Json implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.log.console.json.enabled", "true");
        }
    }

    /** Formats records as the console does. */
    private static final class Lines extends Handler {
        private final List<String> all = new CopyOnWriteArrayList<>();
        private final ConsoleHandler console = Arrays.stream(InitialConfigurator.DELAYED_HANDLER.getHandlers()).filter(ConsoleHandler.class::isInstance)
            .map(ConsoleHandler.class::cast).findFirst().orElseThrow();

        @Override
        public void publish(LogRecord record) {
            if (console.getFilter().isLoggable(record)) {
                all.add(console.getFormatter().format(record));
            }
        }

        private JsonNode of(Class<?> logger) throws Exception {
            String line = all.stream().filter(each -> each.contains("\"" + logger.getName() + "\"")).findFirst().orElseThrow();
            return JsonMapper.builder().build().readTree(line);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
