// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import dev.postern.local.simulated.SimulatedResponse;
import dev.postern.local.simulated.Refusal;
import dev.postern.local.simulated.Routes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** /v2/actions, and the actions of one resource, which every kind of resource shows alike. */
final class ActionCalls {
    private ActionCalls() {
    }

    static void on(Routes<DigitalOceanCall> routes) {
        routes.on("GET", "/v2/actions", call -> page(call, newestFirst(call.account().actions.values().stream().toList())))
            .on("GET", "/v2/actions/{action_id}", call -> SimulatedResponse.ok(SimulatedResponse.wrapped("action", known(call).json(call.nowMicros()))));
    }

    static SimulatedResponse ofResource(DigitalOceanCall call, String resourceType, String resource) {
        return page(call, newestFirst(call.account().actions.values().stream().filter(action -> of(action, resourceType, resource)).toList()));
    }

    static SimulatedResponse oneOfResource(DigitalOceanCall call, String resourceType, String resource) {
        Action action = known(call);
        if (!of(action, resourceType, resource)) {
            throw Refusal.notFound();
        }
        return SimulatedResponse.ok(SimulatedResponse.wrapped("action", action.json(call.nowMicros())));
    }

    private static boolean of(Action action, String resourceType, String resource) {
        return action.resourceType().equals(resourceType) && action.resource().equals(resource);
    }

    private static Action known(DigitalOceanCall call) {
        Action action = call.account().actions.get(call.id("action_id"));
        if (action == null) {
            throw Refusal.notFound();
        }
        return action;
    }

    private static List<Action> newestFirst(List<Action> all) {
        List<Action> reversed = new ArrayList<>(all);
        Collections.reverse(reversed);
        return reversed;
    }

    private static SimulatedResponse page(DigitalOceanCall call, List<Action> actions) {
        return Paging.page(call, "actions", actions, action -> action.json(call.nowMicros()));
    }
}
