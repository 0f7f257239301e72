// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.AddressRange;
import dev.postern.local.simulated.SimulatedResponse;
import dev.postern.local.simulated.Json;
import dev.postern.local.simulated.Refusal;
import dev.postern.local.simulated.Routes;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** /v2/domains and their records. */
final class DomainCalls {
    private static final String ONE = "/v2/domains/{domain_name}";
    private static final String RECORDS = ONE + "/records";
    private static final String RECORD = RECORDS + "/{domain_record_id}";
    private static final Set<String> TYPES = Set.of("A", "AAAA", "CAA", "CNAME", "MX", "NS", "SOA", "SRV", "TXT");
    private static final Set<String> MAIL = Set.of("MX", "SRV");
    private static final Pattern NAME = Pattern.compile("(?=.{3,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])");
    private static final List<String> NUMBERS = List.of("priority", "port", "weight", "flags");

    private DomainCalls() {
    }

    static void on(Routes<DigitalOceanCall> routes) {
        routes.on("GET", "/v2/domains", call -> Paging.page(call, "domains", call.account().domains.values(), Domain::json))
            .on("POST", "/v2/domains", DomainCalls::create)
            .on("GET", ONE, call -> SimulatedResponse.ok(SimulatedResponse.wrapped("domain", domain(call).json())))
            .on("DELETE", ONE, DomainCalls::delete)
            .on("GET", RECORDS, DomainCalls::records)
            .on("POST", RECORDS, DomainCalls::createRecord)
            .on("GET", RECORD, call -> SimulatedResponse.ok(SimulatedResponse.wrapped("domain_record", domainRecord(call))))
            .on("PATCH", RECORD, DomainCalls::updateRecord)
            .on("PUT", RECORD, DomainCalls::updateRecord)
            .on("DELETE", RECORD, DomainCalls::deleteRecord);
    }

    private static Domain domain(DigitalOceanCall call) {
        Domain domain = call.account().domains.get(call.name("domain_name"));
        if (domain == null) {
            throw Refusal.notFound();
        }
        return domain;
    }

    private static ObjectNode domainRecord(DigitalOceanCall call) {
        ObjectNode found = domain(call).records().get(call.id("domain_record_id"));
        if (found == null) {
            throw Refusal.notFound();
        }
        return found;
    }

    private static SimulatedResponse create(DigitalOceanCall call) {
        ObjectNode body = call.json();
        String name = Json.requiredText(body, "name", 253);
        if (!NAME.matcher(name).matches()) {
            throw Refusal.unprocessable("name is not a valid domain name");
        }
        String address = Json.text(body, "ip_address", 45);
        if (address != null && AddressRange.parse(address) == null) {
            throw Refusal.unprocessable("ip_address is not a valid address");
        }
        if (call.account().domains.containsKey(name)) {
            throw Refusal.unprocessable("name: is already taken");
        }
        Domain domain = Domain.named(name);
        domain.add(call.account().newId(), "NS", "@", "ns1.digitalocean.com");
        if (address != null) {
            domain.add(call.account().newId(), address.indexOf(':') < 0 ? "A" : "AAAA", "@", address);
        }
        call.account().domains.put(name, domain);
        ProjectCalls.defaultProject(call).resources().put("do:domain:" + name, call.nowMicros());
        ObjectNode shown = domain.json();
        shown.putNull("zone_file").putNull("ttl"); // a domain just made has neither yet
        return SimulatedResponse.created(SimulatedResponse.wrapped("domain", shown));
    }

    private static SimulatedResponse delete(DigitalOceanCall call) {
        Domain domain = domain(call);
        call.account().domains.remove(domain.name());
        call.account().projects.values().forEach(project -> project.resources().remove("do:domain:" + domain.name()));
        return SimulatedResponse.noContent();
    }

    private static SimulatedResponse records(DigitalOceanCall call) {
        Domain domain = domain(call);
        String name = call.query().get("name");
        String type = call.query().get("type");
        List<ObjectNode> matching = domain.records().values().stream()
            .filter(each -> type == null || each.path("type").asText().equals(type))
            .filter(each -> name == null || fullName(each, domain).equals(name))
            .toList();
        return Paging.page(call, "domain_records", matching, each -> each);
    }

    /** The API filters by the whole name: sub.example.com. */
    private static String fullName(ObjectNode each, Domain domain) {
        String name = each.path("name").asText();
        return name.equals("@") ? domain.name() : name + "." + domain.name();
    }

    private static SimulatedResponse createRecord(DigitalOceanCall call) {
        Domain domain = domain(call);
        ObjectNode body = call.json();
        String type = Json.requiredText(body, "type", 8);
        ObjectNode made = Json.MAPPER.createObjectNode().put("id", call.account().newId());
        made.put("type", type).putNull("name").putNull("data").putNull("priority").putNull("port").put("ttl", 1_800);
        made.putNull("weight").putNull("flags").putNull("tag");
        merge(made, body);
        if (!type.equals("SOA")) {
            Json.requiredText(body, "data", 65_535);
            if (!type.equals("MX")) {
                Json.requiredText(body, "name", 255);
            }
        }
        if (MAIL.contains(type) && made.path("priority").isNull()) {
            throw Refusal.unprocessable("priority is required");
        }
        relative(made, domain);
        if (made.path("name").isNull()) {
            made.put("name", "@");
        }
        if (made.path("data").isNull()) {
            made.put("data", "");
        }
        domain.records().put(made.path("id").asLong(), made);
        return SimulatedResponse.created(SimulatedResponse.wrapped("domain_record", made));
    }

    private static SimulatedResponse updateRecord(DigitalOceanCall call) {
        ObjectNode existing = domainRecord(call);
        ObjectNode next = existing.deepCopy();
        merge(next, call.json());
        relative(next, domain(call));
        domain(call).records().put(existing.path("id").asLong(), next);
        return SimulatedResponse.ok(SimulatedResponse.wrapped("domain_record", next));
    }

    /** A name may be written in full, with a dot at its end; it is kept relative to its zone. */
    private static void relative(ObjectNode each, Domain domain) {
        String name = each.path("name").asText();
        String zone = domain.name() + ".";
        if (name.equals(zone)) {
            each.put("name", "@");
        } else if (name.endsWith("." + zone)) {
            each.put("name", name.substring(0, name.length() - zone.length() - 1));
        }
    }

    private static void merge(ObjectNode into, ObjectNode body) {
        String type = Json.text(body, "type", 8);
        if (type != null && !TYPES.contains(type)) {
            throw Refusal.unprocessable("type must be one of " + String.join(", ", TYPES.stream().sorted().toList()));
        }
        for (String member : List.of("type", "name", "data", "tag")) {
            String text = Json.text(body, member, 65_535);
            if (text != null) {
                into.put(member, text);
            }
        }
        for (String member : NUMBERS) {
            number(into, body, member, 65_535);
        }
        number(into, body, "ttl", Integer.MAX_VALUE);
    }

    private static void number(ObjectNode into, ObjectNode body, String member, int most) {
        JsonNode node = body.get(member);
        if (node == null || node.isNull()) {
            return;
        }
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 0 || node.intValue() > most) {
            throw Refusal.unprocessable(member + " must be an integer from 0 to " + most);
        }
        into.put(member, node.intValue());
    }

    private static SimulatedResponse deleteRecord(DigitalOceanCall call) {
        domain(call).records().remove(domainRecord(call).path("id").asLong());
        return SimulatedResponse.noContent();
    }
}
