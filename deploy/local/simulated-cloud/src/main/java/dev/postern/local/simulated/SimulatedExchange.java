// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A call on its way, and what is learnt of it. */
final class SimulatedExchange<C extends Caller> {
    final HttpServerRequest request;
    /** Null where it was too large. */
    final byte[] body;
    final long startedMicros;
    C caller;
    Map<String, String> headers = Map.of();
    List<FaultPlan.Armed> hits = List.of();

    SimulatedExchange(HttpServerRequest request, byte[] body, long startedMicros) {
        this.request = request;
        this.body = body;
        this.startedMicros = startedMicros;
    }

    boolean isControl() {
        String path = request.path();
        return path != null && path.startsWith(Simulation.CONTROL + "/");
    }

    RecordedCall recorded(int status, Map<String, String> answerHeaders, byte[] sent, long nowMicros, boolean bodies) {
        Map<String, String> requestHeaders = new LinkedHashMap<>();
        request.headers().forEach((name, value) -> {
            if (!name.equalsIgnoreCase("authorization")) {
                requestHeaders.put(name.toLowerCase(Locale.ROOT), value);
            }
        });
        return new RecordedCall(caller == null ? null : caller.account(), request.method().name(), request.path(), request.query(), requestHeaders,
            bodies && body != null && body.length > 0 ? new String(body, StandardCharsets.UTF_8) : null, status, Map.copyOf(answerHeaders),
            bodies && sent != null ? new String(sent, StandardCharsets.UTF_8) : null, startedMicros, nowMicros - startedMicros,
            hits.stream().map(hit -> hit.planned().toString()).toList());
    }
}
