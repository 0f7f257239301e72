// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.AddressRange;
import dev.postern.local.simulated.SimulatedResponse;
import dev.postern.local.simulated.SimulatedRequest;
import dev.postern.local.simulated.Json;
import dev.postern.local.simulated.Mishap;
import dev.postern.local.simulated.Refusal;
import dev.postern.local.simulated.Routes;
import dev.postern.local.simulated.Simulation;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;

/** /_simulation: what the cloud has not: whether a packet would get in, how it behaves, and changes by another hand. No token is asked. */
final class SimulationCalls {
    private static final int DELAY_MILLISECONDS_MAX = 3_600_000;
    private static final Set<String> SETTINGS = Set.of("pending_changes_delay_ms", "requests_per_hour", "requests_per_minute", "added_rules", "removed_rules",
        "echo");

    private final DigitalOceanProvider provider;

    private SimulationCalls(DigitalOceanProvider provider) {
        this.provider = provider;
    }

    static Routes<SimulatedRequest> routes(DigitalOceanProvider provider) {
        SimulationCalls calls = new SimulationCalls(provider);
        String firewall = Simulation.CONTROL + "/firewalls/{name}";
        return new Routes<SimulatedRequest>().on("GET", Simulation.CONTROL + "/reachable", calls::reachable)
            .on("GET", Simulation.CONTROL + "/settings", asked -> SimulatedResponse.ok(shown(provider.settings())))
            .on("PUT", Simulation.CONTROL + "/settings", calls::change)
            .on("GET", firewall, asked -> SimulatedResponse.ok(SimulatedResponse.wrapped("firewall", calls.named(asked).json(asked.nowMicros()))))
            .on("PUT", firewall, calls::edit)
            .on("DELETE", firewall, calls::delete);
    }

    /** The body is the API's full representation; a firewall of that name that is not there is made. Without token, limit or record. */
    private SimulatedResponse edit(SimulatedRequest asked) {
        DigitalOceanCall call = new DigitalOceanCall(asked, account(asked), provider.settings());
        FirewallContent content = FirewallReader.content(asked.object(), call);
        Firewall firewall = call.account().firewallNamed(asked.name("name"));
        if (firewall == null) {
            firewall = call.account().addFirewall(content, UUID.randomUUID().toString(), call.nowMicros(), call.delayMicros(), Mishap.NONE);
        } else {
            call.account().changeFirewall(firewall, content, call.nowMicros(), call.delayMicros(), Mishap.NONE);
        }
        return SimulatedResponse.ok(SimulatedResponse.wrapped("firewall", firewall.json(call.nowMicros())));
    }

    private SimulatedResponse delete(SimulatedRequest asked) {
        account(asked).deleteFirewall(named(asked), asked.nowMicros(), provider.settings().delayMicros(), Mishap.NONE);
        return SimulatedResponse.noContent();
    }

    private Firewall named(SimulatedRequest asked) {
        Firewall firewall = account(asked).firewallNamed(asked.name("name"));
        if (firewall == null) {
            throw Refusal.notFound();
        }
        return firewall;
    }

    private CloudAccount account(SimulatedRequest asked) {
        String name = asked.query().get("account");
        return name == null ? provider.firstAccount() : provider.accountNamed(name);
    }

    /** {@code ?droplet=<id>} or {@code ?tag=<name>}, {@code &protocol=&port=&source=}, {@code &account=<name>} for another than the first. */
    private SimulatedResponse reachable(SimulatedRequest call) {
        CloudAccount account = account(call);
        AddressRange source = AddressRange.parse(call.required("source"));
        if (source == null) {
            throw Refusal.unprocessable("source must be an address");
        }
        Reachability.Packet question = new Reachability.Packet(call.query().getOrDefault("protocol", "tcp"),
            call.requiredNumber("port", 65_535), source);
        Reachability.Verdict verdict;
        if (call.query().containsKey("droplet")) {
            String id = call.query().get("droplet");
            Droplet droplet = id.matches("\\d{1,18}") ? account.droplets.get(Long.parseLong(id)) : null;
            if (droplet == null) {
                throw Refusal.notFound();
            }
            verdict = Reachability.ofDroplet(account, droplet, question, call.nowMicros());
        } else {
            String tag = call.required("tag");
            if (!account.tags.contains(tag)) {
                throw Refusal.notFound();
            }
            verdict = Reachability.ofTag(account, tag, question, call.nowMicros());
        }
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.put("reachable", verdict.reachable()).put("since", verdict.sinceMicros()).put("because", Json.lower(verdict.because()));
        ArrayNode firewalls = body.putArray("firewalls");
        verdict.firewalls().forEach(firewalls::add);
        return SimulatedResponse.ok(body.put("now", call.nowMicros()));
    }

    /** Members that are left out stay as they are. */
    private SimulatedResponse change(SimulatedRequest call) {
        ObjectNode body = call.object();
        Json.onlyMembers(body, SETTINGS);
        Settings old = provider.settings();
        Undocumented choice = old.undocumented();
        Settings next = old.withPendingChangesDelay(Duration.ofMillis(Json.integer(body, "pending_changes_delay_ms", 0, DELAY_MILLISECONDS_MAX,
            old.pendingChangesDelay().toMillis())))
            .withLimits(Json.integer(body, "requests_per_hour", 0, Integer.MAX_VALUE, (long) old.requestsPerHour()).intValue(),
                Json.integer(body, "requests_per_minute", 0, Integer.MAX_VALUE, (long) old.requestsPerMinute()).intValue())
            .withUndocumented(new Undocumented(Json.one(body, "added_rules", Undocumented.AddedRules.class, choice.addedRules()),
                Json.one(body, "removed_rules", Undocumented.RemovedRules.class, choice.removedRules()),
                Json.one(body, "echo", Undocumented.Echo.class, choice.echo())));
        provider.change(anything -> next);
        return SimulatedResponse.ok(shown(next));
    }

    private static ObjectNode shown(Settings settings) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        Undocumented choice = settings.undocumented();
        return body.put("pending_changes_delay_ms", settings.pendingChangesDelay().toMillis()).put("requests_per_hour", settings.requestsPerHour())
            .put("requests_per_minute", settings.requestsPerMinute()).put("added_rules", Json.lower(choice.addedRules()))
            .put("removed_rules", Json.lower(choice.removedRules())).put("echo", Json.lower(choice.echo()));
    }
}
