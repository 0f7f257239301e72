// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.edge.PlainText;
import dev.postern.edge.Problem;
import dev.postern.edge.RequestSchema;
import dev.postern.edge.StrictJson;
import dev.postern.edge.Violations;
import dev.postern.events.AccountName;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.ServiceName;
import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.events.ServiceProtected.ServicePort;
import dev.postern.events.ServiceProtected.SourceRules;
import dev.postern.firewall.AttachmentReport.Warning;
import dev.postern.firewall.ProtectedService.Protected;
import dev.postern.firewall.plan.ProviderLimits;
import dev.postern.firewall.plan.ServiceContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A protected service over HTTP: what an operator puts, and what is answered. */
final class ServiceBody {
    private static final RequestSchema SCHEMA = RequestSchema.of("/request-schemas/service.json");

    private ServiceBody() {}

    /**
     * The body of an operator's PUT.
     *
     * @param withoutBaseFirewall whether the operator accepts that a Droplet has no firewall but Postern's; said with each PUT, never stored
     */
    record Put(ServiceContent content, boolean withoutBaseFirewall) {}

    /** @throws Problem 400 with everything that is wrong with the body */
    static Put read(byte[] body, Map<AccountName, ProviderLimits> accounts) {
        JsonNode tree = StrictJson.read(body, SCHEMA);
        Violations violations = new Violations();
        AccountName account = violations.parse("/account", "account-unknown", () -> {
            AccountName name = new AccountName(tree.get("account").textValue());
            if (!accounts.containsKey(name)) {
                throw new IllegalArgumentException("must be an account that is configured");
            }
            return name;
        });
        List<ServicePort> ports = ports(tree.get("ports"), violations);
        Attachment attachment = attachment(tree.get("attachment"));
        JsonNode project = tree.get("project");
        if (project != null) {
            PlainText.checkLine(project.textValue(), "/project", violations);
        }
        violations.throwIfAny();
        ServiceContent content = new ServiceContent(account, project == null ? Optional.empty() : Optional.of(project.textValue()), attachment, ports,
            rules(tree.path("source_rules")));
        accounts.get(account).refusal(content).ifPresent(refusal -> violations.add(refusal.member(), refusal.rule(), refusal.reason()));
        violations.throwIfAny();
        return new Put(content, tree.path("without_base_firewall").asBoolean(false));
    }

    private static List<ServicePort> ports(JsonNode array, Violations violations) {
        List<ServicePort> ports = new ArrayList<>();
        for (int at = 0; at < array.size(); at++) {
            JsonNode node = array.get(at);
            PortRange range = violations.parse("/ports/" + at + "/ports", "ports-invalid", () -> PortRange.of(node.get("ports").textValue()));
            ports.add(new ServicePort(node.get("protocol").textValue().equals("tcp") ? Protocol.TCP : Protocol.UDP, range));
        }
        return ports;
    }

    private static Attachment attachment(JsonNode node) {
        List<String> tags = new ArrayList<>();
        node.path("tags").forEach(tag -> tags.add(tag.textValue()));
        List<Long> droplets = new ArrayList<>();
        node.path("droplets").forEach(droplet -> droplets.add(droplet.longValue()));
        return new Attachment(tags, droplets);
    }

    private static SourceRules rules(JsonNode node) {
        SourceRules usual = SourceRules.DEFAULT;
        return new SourceRules(node.path("private_allowed").asBoolean(usual.privateAllowed()),
            node.path("ipv4_prefix_bits_min").asInt(usual.ipv4PrefixBitsMin()), node.path("ipv6_prefix_bits_min").asInt(usual.ipv6PrefixBitsMin()));
    }

    /** Returns the answer to a PUT: the content with every default filled in, and its status. */
    static ObjectNode json(Protected service) {
        ServiceContent said = service.said();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", service.name().toString()).put("version", service.version()).put("account", said.account().toString());
        said.project().ifPresent(project -> json.put("project", project));
        ObjectNode attachment = json.putObject("attachment");
        ArrayNode tags = attachment.putArray("tags");
        said.attachment().tags().forEach(tags::add);
        ArrayNode droplets = attachment.putArray("droplets");
        said.attachment().droplets().forEach(droplets::add);
        ArrayNode ports = json.putArray("ports");
        said.ports().forEach(port -> ports.addObject().put("protocol", port.protocol().toString()).put("ports", port.ports().toString()));
        json.putObject("source_rules").put("private_allowed", said.sourceRules().privateAllowed())
            .put("ipv4_prefix_bits_min", said.sourceRules().ipv4PrefixBitsMin()).put("ipv6_prefix_bits_min", said.sourceRules().ipv6PrefixBitsMin());
        json.put("changed_by", service.changedBy()).put("protected_at", service.protectedAt().toString());
        return json;
    }

    /** Adds what the operator should know of the attachment; an empty list where there is nothing. */
    static void warnings(ObjectNode json, List<Warning> warnings) {
        ArrayNode array = json.putArray("warnings");
        warnings.forEach(warning -> array.addObject().put("rule", warning.rule()).put("pointer", warning.pointer()).put("message", warning.message()));
    }

    /** @throws Problem 404 for a name that no service can have */
    static ServiceName name(String text) {
        try {
            return new ServiceName(text);
        } catch (IllegalArgumentException noName) {
            throw Problem.notFound("service");
        }
    }

    /** The name for a service that is to be. @throws Problem 400 for a name that no service can have */
    static ServiceName newName(String text) {
        try {
            return new ServiceName(text);
        } catch (IllegalArgumentException noName) {
            throw new Problem(400, "invalid-name", "the name of a service " + noName.getMessage());
        }
    }
}
