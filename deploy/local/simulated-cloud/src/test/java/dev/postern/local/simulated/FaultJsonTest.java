// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults as JSON: what is set can be read again, and what is misspelt is refused instead of hitting nothing. */
class FaultJsonTest {
    private static final String EVERY_KIND = """
            {"faults": [
              {"fault": "delay", "ms": 500, "when": "after_applying", "methods": ["POST", "DELETE"], "path": "/v2/firewalls/**", "account": "acme"},
              {"fault": "status", "status": 429, "retry_after_s": 30, "times": 2, "skip": 1},
              {"fault": "status", "status": 502, "when": "after_applying"},
              {"fault": "timeout", "hold_ms": 10, "for_ms": 60000},
              {"fault": "garbled", "probability": 0.5, "seed": -9},
              {"fault": "trickle", "per_byte_ms": 1},
              {"fault": "partial"},
              {"fault": "failed", "id": "mine"},
              {"fault": "pending"}]}""";

    @Test
    void whatIsReadIsShownTheSame() {
        List<PlannedFault> faults = FaultJson.read(object(EVERY_KIND));
        ObjectNode shown = FaultJson.shown(faults.stream().map(fault -> new FaultPlan.Armed(fault, 7, 0, 0)).toList(), 7);
        for (JsonNode each : shown.get("faults")) {
            ((ObjectNode) each).remove(List.of("since_micros", "matched", "hit", "over"));
        }
        assertThat(FaultJson.read(shown)).isEqualTo(faults);
        assertThat(faults).extracting(PlannedFault::id).contains("fault-1", "mine");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{}", "{\"faults\": {}}", "{\"faults\": [7]}", "{\"faults\": [], \"more\": 1}", "{\"faults\": [{}]}",
        "{\"faults\": [{\"fault\": \"fire\"}]}", "{\"faults\": [{\"fault\": 7}]}",
        "{\"faults\": [{\"fault\": \"delay\"}]}", "{\"faults\": [{\"fault\": \"delay\", \"ms\": -1}]}", "{\"faults\": [{\"fault\": \"delay\", \"ms\": \"5\"}]}",
        "{\"faults\": [{\"fault\": \"delay\", \"ms\": 5, \"when\": \"later\"}]}", "{\"faults\": [{\"fault\": \"delay\", \"ms\": 5, \"status\": 500}]}",
        "{\"faults\": [{\"fault\": \"status\"}]}", "{\"faults\": [{\"fault\": \"status\", \"status\": 200}]}",
        "{\"faults\": [{\"fault\": \"garbled\", \"path\": \"v2\"}]}", "{\"faults\": [{\"fault\": \"garbled\", \"methods\": \"GET\"}]}",
        "{\"faults\": [{\"fault\": \"garbled\", \"methods\": [\"get\"]}]}", "{\"faults\": [{\"fault\": \"garbled\", \"times\": 0}]}",
        "{\"faults\": [{\"fault\": \"garbled\", \"skip\": -1}]}", "{\"faults\": [{\"fault\": \"garbled\", \"for_ms\": 0}]}",
        "{\"faults\": [{\"fault\": \"garbled\", \"probability\": 1.5}]}", "{\"faults\": [{\"fault\": \"garbled\", \"probability\": \"1\"}]}",
        "{\"faults\": [{\"fault\": \"garbled\", \"seed\": 0.5}]}", "{\"faults\": [{\"fault\": \"garbled\", \"tmies\": 1}]}",
        "{\"faults\": [{\"fault\": \"partial\"}, {\"fault\": \"trickle\", \"per_byte_ms\": 0}]}"})
    void whatIsNoFaultIsRefused(String body) {
        assertThatThrownBy(() -> FaultJson.read(object(body))).isInstanceOfSatisfying(Refusal.class,
            refusal -> assertThat(refusal.status()).isEqualTo(422));
    }

    @Test
    void aRefusalNamesTheFaultAndTheMember() {
        assertThatThrownBy(() -> FaultJson.read(object("{\"faults\": [{\"fault\": \"partial\"}, {\"fault\": \"status\", \"status\": 99}]}")))
            .hasMessage("faults[1]: status must be an integer from 400 to 599");
    }

    private static ObjectNode object(String text) {
        return (ObjectNode) Json.read(text.getBytes(StandardCharsets.UTF_8));
    }
}
