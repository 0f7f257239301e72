// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Faults as JSON. What is not understood is refused with the member's name: a fault that hits nothing for a misspelling would hide what it is to show. */
final class FaultJson {
    private static final long MILLISECONDS_MAX = 86_400_000;
    private static final long HOLD_MILLISECONDS = 30_000;
    private static final long PER_BYTE_MILLISECONDS = 1_000;
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    private static final Set<String> SCOPE = Set.of("id", "fault", "methods", "path", "account", "skip", "times", "for_ms", "probability", "seed");
    private static final Map<String, Set<String>> OWN_MEMBERS = Map.of("delay", Set.of("ms", "when"), "status", Set.of("status", "retry_after_s", "when"),
        "timeout", Set.of("hold_ms", "when"), "garbled", Set.of(), "trickle", Set.of("per_byte_ms"), "partial", Set.of(), "failed", Set.of(),
        "pending", Set.of());

    private FaultJson() {
    }

    /** {@code {"faults": […]}}. */
    static List<PlannedFault> read(ObjectNode body) {
        Json.onlyMembers(body, Set.of("faults"));
        List<PlannedFault> all = new ArrayList<>();
        for (JsonNode each : Json.requiredArray(body, "faults")) {
            if (!each.isObject()) {
                throw Refusal.unprocessable("faults must be an array of objects");
            }
            try {
                all.add(one(each, "fault-" + (all.size() + 1)));
            } catch (Refusal refused) {
                throw Refusal.unprocessable("faults[" + all.size() + "]: " + refused.getMessage());
            }
        }
        return all;
    }

    private static PlannedFault one(JsonNode node, String otherwiseId) {
        String kind = Json.requiredText(node, "fault", 64);
        Set<String> own = OWN_MEMBERS.get(kind);
        if (own == null) {
            throw Refusal.unprocessable("fault must be one of " + OWN_MEMBERS.keySet().stream().sorted().toList());
        }
        Json.onlyMembers(node, Stream.concat(SCOPE.stream(), own.stream()).collect(Collectors.toSet()));
        String id = Json.text(node, "id", 100);
        return new PlannedFault(id == null ? otherwiseId : id, fault(kind, node), scope(node));
    }

    private static Fault fault(String kind, JsonNode node) {
        Fault.When when = Json.one(node, "when", Fault.When.class, Fault.When.BEFORE_APPLYING);
        return switch (kind) {
            case "delay" -> new Fault.Delay(Duration.ofMillis(required(node, "ms", 0, MILLISECONDS_MAX)), when);
            case "status" -> {
                Long after = Json.integer(node, "retry_after_s", 0, Integer.MAX_VALUE, null);
                yield new Fault.Status((int) required(node, "status", 400, 599), after == null ? null : after.intValue(), when);
            }
            case "timeout" -> new Fault.Timeout(Duration.ofMillis(Json.integer(node, "hold_ms", 0, MILLISECONDS_MAX, HOLD_MILLISECONDS)), when);
            case "garbled" -> new Fault.Garbled();
            case "trickle" -> new Fault.Trickle(Duration.ofMillis(Json.integer(node, "per_byte_ms", 1, MILLISECONDS_MAX, PER_BYTE_MILLISECONDS)));
            case "partial" -> new Fault.Partial();
            case "failed" -> new Fault.Failed();
            default -> new Fault.Pending();
        };
    }

    private static FaultScope scope(JsonNode node) {
        Set<String> methods = new HashSet<>(Json.texts(node, "methods"));
        if (!METHODS.containsAll(methods)) {
            throw Refusal.unprocessable("methods must be of " + METHODS.stream().sorted().toList());
        }
        String path = Json.text(node, "path", 1_000);
        if (path != null && !path.startsWith("/")) {
            throw Refusal.unprocessable("path must begin with /");
        }
        Long lasting = Json.integer(node, "for_ms", 1, 1_000 * MILLISECONDS_MAX, null);
        return new FaultScope(methods, path == null ? FaultScope.EVERYTHING.path() : path, Json.text(node, "account", 200),
            Json.integer(node, "skip", 0, Long.MAX_VALUE, 0L), Json.integer(node, "times", 1, Long.MAX_VALUE, null),
            lasting == null ? null : Duration.ofMillis(lasting), probability(node), Json.integer(node, "seed", Long.MIN_VALUE, Long.MAX_VALUE, 0L));
    }

    private static double probability(JsonNode node) {
        JsonNode probability = node.get("probability");
        if (probability == null || probability.isNull()) {
            return 1;
        }
        if (!probability.isNumber() || probability.doubleValue() < 0 || probability.doubleValue() > 1) {
            throw Refusal.unprocessable("probability must be a number from 0 to 1");
        }
        return probability.doubleValue();
    }

    private static long required(JsonNode node, String member, long least, long most) {
        Long value = Json.integer(node, member, least, most, null);
        if (value == null) {
            throw Refusal.unprocessable(member + " is required");
        }
        return value;
    }

    /** Writes the faults in the form that {@link #read} takes, with the progress of each. */
    static ObjectNode shown(List<FaultPlan.Armed> all, long nowMicros) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        ArrayNode faults = body.putArray("faults");
        all.forEach(each -> shown(faults.addObject(), each, nowMicros));
        return body;
    }

    private static void shown(ObjectNode node, FaultPlan.Armed armed, long nowMicros) {
        FaultScope scope = armed.planned().scope();
        Fault fault = armed.planned().fault();
        node.put("id", armed.planned().id()).put("fault", fault.kind());
        if (fault instanceof Fault.Delay delay) {
            node.put("ms", delay.time().toMillis()).put("when", Json.lower(delay.when()));
        } else if (fault instanceof Fault.Status status) {
            node.put("status", status.status()).put("retry_after_s", status.retryAfterSeconds()).put("when", Json.lower(status.when()));
        } else if (fault instanceof Fault.Timeout timeout) {
            node.put("hold_ms", timeout.hold().toMillis()).put("when", Json.lower(timeout.when()));
        } else if (fault instanceof Fault.Trickle trickle) {
            node.put("per_byte_ms", trickle.perByte().toMillis());
        }
        ArrayNode methods = node.putArray("methods");
        scope.methods().stream().sorted().forEach(methods::add);
        node.put("path", scope.path()).put("account", scope.account()).put("skip", scope.skip()).put("times", scope.times())
            .put("for_ms", scope.lasting() == null ? null : scope.lasting().toMillis()).put("probability", scope.probability()).put("seed", scope.seed())
            .put("since_micros", armed.sinceMicros()).put("matched", armed.matched()).put("hit", armed.hit()).put("over", armed.over(nowMicros));
    }
}
