package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** /_simulation: what the cloud has not: the calls it was asked, whether a packet would get in, and how it behaves. No token is asked. */
final class SimulationCalls {
    static final String PREFIX = "/_simulation";
    private static final int DELAY_MILLISECONDS_MAX = 3_600_000;
    private static final int CALLS_SHOWN_DEFAULT = 1_000;

    private final SimulatedDigitalOcean simulation;

    private SimulationCalls(SimulatedDigitalOcean simulation) {
        this.simulation = simulation;
    }

    static Routes routes(SimulatedDigitalOcean simulation) {
        SimulationCalls calls = new SimulationCalls(simulation);
        return new Routes().on("GET", PREFIX + "/calls", calls::calls)
                .on("DELETE", PREFIX + "/calls", calls::forget)
                .on("GET", PREFIX + "/reachable", calls::reachable)
                .on("GET", PREFIX + "/settings", call -> Answer.ok(shown(simulation.settings())))
                .on("PUT", PREFIX + "/settings", calls::change);
    }

    /** {@code ?limit=}: the latest so many, oldest first. Neither tokens nor bodies. */
    private Answer calls(Call call) {
        List<RecordedCall> all = simulation.calls();
        int limit = number(call.query().getOrDefault("limit", Integer.toString(CALLS_SHOWN_DEFAULT)), "limit", 1_000_000);
        ObjectNode body = Json.MAPPER.createObjectNode();
        ArrayNode shown = body.putArray("calls");
        for (RecordedCall each : all.subList(Math.max(0, all.size() - limit), all.size())) {
            shown.addObject().put("method", each.method()).put("path", each.path()).put("query", each.query()).put("status", each.status())
                    .put("account", each.account()).put("started_micros", each.startedMicros()).put("took_micros", each.tookMicros());
        }
        body.put("total", simulation.callsTotal());
        return Answer.ok(body);
    }

    private Answer forget(Call call) {
        simulation.forgetCalls();
        return Answer.noContent();
    }

    /** {@code ?droplet=<id>} or {@code ?tag=<name>}, {@code &protocol=&port=&source=}, {@code &account=<name>} for another than the first. */
    private Answer reachable(Call call) {
        CloudAccount account = call.query().containsKey("account") ? simulation.accountNamed(call.query().get("account")) : call.account();
        if (account == null) {
            throw Refusal.notFound();
        }
        AddressRange source = AddressRange.parse(required(call, "source"));
        if (source == null) {
            throw Refusal.unprocessable("source must be an address");
        }
        Reachability.Question question = new Reachability.Question(call.query().getOrDefault("protocol", "tcp"),
                number(required(call, "port"), "port", 65_535), source);
        Reachability.Verdict verdict;
        if (call.query().containsKey("droplet")) {
            String id = call.query().get("droplet");
            Droplet droplet = id.matches("\\d{1,18}") ? account.droplets.get(Long.parseLong(id)) : null;
            if (droplet == null) {
                throw Refusal.notFound();
            }
            verdict = Reachability.ofDroplet(account, droplet, question, call.nowMicros());
        } else {
            String tag = required(call, "tag");
            if (!account.tags.contains(tag)) {
                throw Refusal.notFound();
            }
            verdict = Reachability.ofTag(account, tag, question, call.nowMicros());
        }
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.put("reachable", verdict.reachable()).put("since", verdict.sinceMicros()).put("because", verdict.because().name().toLowerCase(Locale.ROOT));
        ArrayNode firewalls = body.putArray("firewalls");
        verdict.firewalls().forEach(firewalls::add);
        return Answer.ok(body.put("now", call.nowMicros()));
    }

    /** Members that are left out stay as they are. */
    private Answer change(Call call) {
        ObjectNode body = call.json();
        for (String member : (Iterable<String>) body::fieldNames) {
            if (!shown(simulation.settings()).has(member)) {
                throw Refusal.unprocessable(member + " is not a setting");
            }
        }
        Settings old = simulation.settings();
        Undocumented choice = old.undocumented();
        Settings next = old.withPendingChangesDelay(Duration.ofMillis(integer(body, "pending_changes_delay_ms", old.pendingChangesDelay().toMillis(),
                        DELAY_MILLISECONDS_MAX)))
                .withLimits((int) integer(body, "requests_per_hour", old.requestsPerHour(), Integer.MAX_VALUE),
                        (int) integer(body, "requests_per_minute", old.requestsPerMinute(), Integer.MAX_VALUE))
                .withUndocumented(new Undocumented(one(body, "added_rules", choice.addedRules()), one(body, "removed_rules", choice.removedRules()),
                        one(body, "echo", choice.echo())));
        simulation.change(anything -> next);
        return Answer.ok(shown(next));
    }

    private static ObjectNode shown(Settings settings) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        Undocumented choice = settings.undocumented();
        return body.put("pending_changes_delay_ms", settings.pendingChangesDelay().toMillis()).put("requests_per_hour", settings.requestsPerHour())
                .put("requests_per_minute", settings.requestsPerMinute()).put("added_rules", lower(choice.addedRules()))
                .put("removed_rules", lower(choice.removedRules())).put("echo", lower(choice.echo()));
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static <E extends Enum<E>> E one(ObjectNode body, String member, E otherwise) {
        String text = Json.text(body, member, 64);
        if (text == null) {
            return otherwise;
        }
        for (E constant : otherwise.getDeclaringClass().getEnumConstants()) {
            if (lower(constant).equals(text)) {
                return constant;
            }
        }
        throw Refusal.unprocessable(member + " has no such choice");
    }

    private static long integer(ObjectNode body, String member, long otherwise, long most) {
        JsonNode node = body.get(member);
        if (node == null) {
            return otherwise;
        }
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0 || node.longValue() > most) {
            throw Refusal.unprocessable(member + " must be an integer from 0 to " + most);
        }
        return node.longValue();
    }

    private static String required(Call call, String name) {
        String text = call.query().get(name);
        if (text == null) {
            throw Refusal.unprocessable(name + " is required");
        }
        return text;
    }

    private static int number(String text, String name, int most) {
        if (!text.matches("\\d{1,9}") || Integer.parseInt(text) > most) {
            throw Refusal.unprocessable(name + " must be an integer from 0 to " + most);
        }
        return Integer.parseInt(text);
    }
}
