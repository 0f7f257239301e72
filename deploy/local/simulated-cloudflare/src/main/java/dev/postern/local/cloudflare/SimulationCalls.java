// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.SimulatedResponse;
import dev.postern.local.simulated.SimulatedRequest;
import dev.postern.local.simulated.Json;
import dev.postern.local.simulated.Refusal;
import dev.postern.local.simulated.Routes;
import dev.postern.local.simulated.Simulation;
import java.time.Duration;
import java.util.Set;

/** /_simulation: whether a packet would get in, how it behaves, and changes by another hand. No token is asked. */
final class SimulationCalls {
    private static final int DELAY_MILLISECONDS_MAX = 3_600_000;
    private static final String LIST = Simulation.CONTROL + "/lists/{name}";

    private final CloudflareProvider provider;

    private SimulationCalls(CloudflareProvider provider) {
        this.provider = provider;
    }

    static Routes<SimulatedRequest> routes(CloudflareProvider provider) {
        SimulationCalls calls = new SimulationCalls(provider);
        return new Routes<SimulatedRequest>().on("GET", Simulation.CONTROL + "/reachable", calls::reachable)
            .on("GET", Simulation.CONTROL + "/settings", asked -> SimulatedResponse.ok(shown(provider.settings())))
            .on("PUT", Simulation.CONTROL + "/settings", calls::change)
            .on("PUT", Simulation.CONTROL + "/foreign_operation", calls::occupy)
            .on("GET", LIST, asked -> SimulatedResponse.ok(shown(calls.hand(asked).list(asked.name("name")).orElseThrow(Refusal::notFound))))
            .on("PUT", LIST, calls::edit)
            .on("DELETE", LIST, calls::delete);
    }

    private ByHand hand(SimulatedRequest asked) {
        return new ByHand(provider, asked.query().get("account"));
    }

    /** {@code ?list=<name>&source=}, {@code &account=<id>} for another than the first. */
    private SimulatedResponse reachable(SimulatedRequest asked) {
        Reachability verdict = hand(asked).reachable(asked.required("list"), asked.required("source"));
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.put("reachable", verdict.reachable()).put("since", verdict.sinceMicros()).put("because", verdict.reachable() ? "allowed" : "not_allowed");
        return SimulatedResponse.ok(body.put("now", asked.nowMicros()));
    }

    /** At once, whatever is pending. A list that is not there is made; members that are left out stay as they are. */
    private SimulatedResponse edit(SimulatedRequest asked) {
        ObjectNode body = asked.object();
        Json.onlyMembers(body, Set.of("items", "name", "description", "num_referencing_filters"));
        ByHand hand = hand(asked);
        String name = asked.name("name");
        if (hand.list(name).isEmpty()) {
            hand.addList(name);
        }
        if (body.has("items")) {
            hand.replaceItems(name, ItemReader.items(body.get("items"), provider.settings()));
        }
        if (body.has("description")) {
            hand.describe(name, Json.text(body, "description", 500));
        }
        Long filters = Json.integer(body, "num_referencing_filters", 0, Integer.MAX_VALUE, null);
        if (filters != null) {
            hand.refer(name, filters.intValue());
        }
        String other = Json.text(body, "name", 50);
        if (other != null) {
            hand.rename(name, other);
        }
        return SimulatedResponse.ok(shown(hand.list(other == null ? name : other).orElseThrow(Refusal::notFound)));
    }

    /** {@code {"pending_ms": 60000}}: another client's bulk operation blocks the account for so long; 0 ends it. */
    private SimulatedResponse occupy(SimulatedRequest asked) {
        ObjectNode body = asked.object();
        Json.onlyMembers(body, Set.of("pending_ms"));
        hand(asked).occupy(Duration.ofMillis(Json.integer(body, "pending_ms", 0, DELAY_MILLISECONDS_MAX, 60_000L)));
        return SimulatedResponse.noContent();
    }

    private SimulatedResponse delete(SimulatedRequest asked) {
        hand(asked).list(asked.name("name")).orElseThrow(Refusal::notFound);
        hand(asked).deleteList(asked.name("name"));
        return SimulatedResponse.noContent();
    }

    private static ObjectNode shown(ByHand.ListSnapshot list) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.put("id", list.id()).put("name", list.name()).put("description", list.description());
        ArrayNode items = body.putArray("items");
        list.items().forEach((ip, comment) -> items.addObject().put("ip", ip).put("comment", comment));
        return body;
    }

    /** Members that are left out stay as they are. */
    private SimulatedResponse change(SimulatedRequest asked) {
        ObjectNode body = asked.object();
        Settings old = provider.settings();
        Json.onlyMembers(body, Set.of("bulk_operation_delay_ms", "requests_per_five_minutes", "item_requests_per_12_hours", "item_changes_per_12_hours",
            "lists_max", "items_max", "ipv6_prefix_max", "echo"));
        Settings.Limits limits = old.limits();
        Settings next = old.withBulkOperationDelay(Duration.ofMillis(Json.integer(body, "bulk_operation_delay_ms", 0, DELAY_MILLISECONDS_MAX,
            old.bulkOperationDelay().toMillis())))
            .withLimits(new Settings.Limits(limit(body, "requests_per_five_minutes", limits.requestsPerFiveMinutes()),
                limit(body, "item_requests_per_12_hours", limits.itemRequestsPer12Hours()),
                limit(body, "item_changes_per_12_hours", limits.itemChangesPer12Hours()), limit(body, "lists_max", limits.lists()),
                limit(body, "items_max", limits.items()), Json.integer(body, "ipv6_prefix_max", 12, 128, (long) limits.ipv6PrefixMax()).intValue()))
            .withEcho(Json.one(body, "echo", Settings.Echo.class, old.echo()));
        provider.change(anything -> next);
        return SimulatedResponse.ok(shown(next));
    }

    private static int limit(ObjectNode body, String member, int otherwise) {
        return Json.integer(body, member, 0, Integer.MAX_VALUE, (long) otherwise).intValue();
    }

    private static ObjectNode shown(Settings settings) {
        Settings.Limits limits = settings.limits();
        return Json.MAPPER.createObjectNode().put("bulk_operation_delay_ms", settings.bulkOperationDelay().toMillis())
            .put("requests_per_five_minutes", limits.requestsPerFiveMinutes()).put("item_requests_per_12_hours", limits.itemRequestsPer12Hours())
            .put("item_changes_per_12_hours", limits.itemChangesPer12Hours()).put("lists_max", limits.lists()).put("items_max", limits.items())
            .put("ipv6_prefix_max", limits.ipv6PrefixMax()).put("echo", Json.lower(settings.echo()));
    }
}
