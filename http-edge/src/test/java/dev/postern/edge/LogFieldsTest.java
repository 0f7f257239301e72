// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.quarkus.logging.json.runtime.JsonFormatter;
import java.util.Map;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.junit.jupiter.api.Test;

class LogFieldsTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final LogFields JSON = new LogFields(true);
    private static final LogFields TEXT = new LogFields(false);

    @Test
    void jsonHasTheWordsAndTheFields() throws Exception {
        JsonNode line = json("Access request repeated: account=acme service=shop-db request_id=r-1 token_id=t-1");
        assertThat(line.get("message").asText()).isEqualTo("Access request repeated");
        assertThat(fields(line)).isEqualTo(Map.of("account", "acme", "service", "shop-db", "request_id", "r-1", "token_id", "t-1"));
    }

    @Test
    void textKeepsTheLineAsItIs() {
        ExtLogRecord record = record("dev.postern.Any", "Credential reloaded account=acme");
        assertThat(TEXT.isLoggable(record)).isTrue();
        assertThat(record.getFormattedMessage()).isEqualTo("Credential reloaded account=acme");
    }

    @Test
    void parametersAreFieldsToo() throws Exception {
        ExtLogRecord record = new ExtLogRecord(Level.WARN, "Polling failed reason=%s retry_ms=%d", ExtLogRecord.FormatStyle.PRINTF, "dev.postern.Any");
        record.setLoggerName("dev.postern.Any");
        record.setParameters(new Object[] {"TimeoutException", 500});
        assertThat(fields(json(record))).isEqualTo(Map.of("reason", "TimeoutException", "retry_ms", "500"));
    }

    @Test
    void wordsOfOtherProgramsForgeNoField() throws Exception {
        assertThat(fields(json("Policy evaluation failed; denying the entry: request_id=r-1 detail=no such request_id=r-2 account=victim")))
            .isEqualTo(Map.of("request_id", "r-1", "detail", "no such request_id=r-2 account=victim"));
    }

    @Test
    void firstValueOfAKeyStays() throws Exception {
        assertThat(fields(json("Polling failed account=acme reason=refused by account=other"))).containsEntry("account", "acme");
    }

    @Test
    void linesOfLibrariesStayAsTheyAre() throws Exception {
        ExtLogRecord record = record("org.apache.kafka.clients.NetworkClient", "Node 1 disconnected id=1");
        JsonNode line = json(record);
        assertThat(line.get("message").asText()).isEqualTo("Node 1 disconnected id=1");
        assertThat(fields(line)).isEmpty();
    }

    private static JsonNode json(String message) throws Exception {
        return json(record("dev.postern.Any", message));
    }

    private static JsonNode json(ExtLogRecord record) throws Exception {
        assertThat(JSON.isLoggable(record)).isTrue();
        String line = new JsonFormatter().format(record);
        assertThat(line.strip()).doesNotContain("\n");
        return MAPPER.readTree(line);
    }

    private static Map<String, String> fields(JsonNode line) {
        return MAPPER.convertValue(line.get("mdc"), new TypeReference<Map<String, String>>() {});
    }

    private static ExtLogRecord record(String logger, String message) {
        ExtLogRecord record = new ExtLogRecord(Level.WARN, message, ExtLogRecord.FormatStyle.NO_FORMAT, logger);
        record.setLoggerName(logger);
        record.copyMdc();
        return record;
    }
}
