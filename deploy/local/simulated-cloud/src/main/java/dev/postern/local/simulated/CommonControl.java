// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Control routes of every simulation below {@code /_simulation}: recorded calls and faults. They need no token. */
final class CommonControl {
    private static final int CALLS_SHOWN_DEFAULT = 1_000;

    private final CallRecorder recorder;
    private final Faults faults;

    private CommonControl(CallRecorder recorder, Faults faults) {
        this.recorder = recorder;
        this.faults = faults;
    }

    static void on(Routes<SimulatedRequest> routes, CallRecorder recorder, Faults faults) {
        CommonControl control = new CommonControl(recorder, faults);
        routes.on("GET", Simulation.CONTROL + "/calls", control::calls)
            .on("DELETE", Simulation.CONTROL + "/calls", control::forget)
            .on("GET", Simulation.CONTROL + "/faults", control::faults)
            .on("PUT", Simulation.CONTROL + "/faults", control::set)
            .on("DELETE", Simulation.CONTROL + "/faults", control::clear);
    }

    /** {@code ?limit=}: the latest so many, oldest first. Neither tokens nor bodies. */
    private SimulatedResponse calls(SimulatedRequest asked) {
        List<RecordedCall> all = recorder.calls();
        int limit = asked.number("limit", CALLS_SHOWN_DEFAULT, 1_000_000);
        ObjectNode body = Json.MAPPER.createObjectNode();
        ArrayNode shown = body.putArray("calls");
        for (RecordedCall each : all.subList(Math.max(0, all.size() - limit), all.size())) {
            ArrayNode wrong = shown.addObject().put("method", each.method()).put("path", each.path()).put("query", each.query()).put("status", each.status())
                .put("account", each.account()).put("started_micros", each.startedMicros()).put("took_micros", each.tookMicros()).putArray("faults");
            each.faults().forEach(wrong::add);
        }
        body.put("total", recorder.total());
        return SimulatedResponse.ok(body);
    }

    private SimulatedResponse forget(SimulatedRequest asked) {
        recorder.forget();
        return SimulatedResponse.noContent();
    }

    private SimulatedResponse faults(SimulatedRequest asked) {
        return SimulatedResponse.ok(FaultJson.shown(faults.armed(), asked.nowMicros()));
    }

    private SimulatedResponse set(SimulatedRequest asked) {
        faults.set(FaultJson.read(asked.object()));
        return faults(asked);
    }

    private SimulatedResponse clear(SimulatedRequest asked) {
        faults.clear();
        return SimulatedResponse.noContent();
    }
}
