// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud.digitalocean;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.events.SourceAddress;
import dev.postern.firewall.budget.CloudFailure;
import dev.postern.firewall.plan.Access;
import dev.postern.firewall.plan.AddressMemory;
import dev.postern.firewall.plan.FirewallContent;
import dev.postern.firewall.plan.FirewallRule;
import dev.postern.firewall.plan.ShownFirewall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * DigitalOcean's JSON of firewalls. What we write has a form so narrow that everything else in an object of ours is somebody else's, and is told of as
 * strange: an {@code action} that is not {@code allow}, a member that this code does not know, a source that is no address.
 */
final class DigitalOceanJson {
    private static final int ANSWER_BYTES_MAX = 64 * 1024 * 1024;
    private static final Set<String> RULE_MEMBERS = Set.of("protocol", "ports", "sources", "action");
    private static final ObjectMapper MAPPER = mapper();

    /** A page of firewalls, and whether there is one after it. */
    record Page(List<ShownFirewall> firewalls, boolean more) {}

    /** The body of POST and PUT: every member, so that nothing falls back to a default by being left out. */
    static byte[] body(FirewallContent content) {
        ObjectNode body = MAPPER.createObjectNode();
        body.put("name", content.name());
        ArrayNode inbound = body.putArray("inbound_rules");
        for (FirewallRule rule : content.inbound()) {
            ObjectNode node = inbound.addObject().put("protocol", rule.door().protocol().toString()).put("ports", rule.door().ports().toString());
            ArrayNode addresses = node.putObject("sources").putArray("addresses");
            rule.sources().forEach(source -> addresses.add(source.toString()));
        }
        body.putArray("outbound_rules");
        ArrayNode droplets = body.putArray("droplet_ids");
        content.attachment().droplets().forEach(droplets::add);
        ArrayNode tags = body.putArray("tags");
        content.attachment().tags().forEach(tags::add);
        try {
            return MAPPER.writeValueAsBytes(body);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** The firewall of an answer. @throws CloudFailure of kind UNCLEAR if there is none in it */
    ShownFirewall firewall(String call, byte[] body) {
        return shown(call, member(call, read(call, body), "firewall", JsonNode::isObject));
    }

    /** A page of firewalls. @throws CloudFailure of kind UNCLEAR if it is none */
    Page page(String call, byte[] body) {
        JsonNode answer = read(call, body);
        List<ShownFirewall> firewalls = new ArrayList<>();
        member(call, answer, "firewalls", JsonNode::isArray).forEach(node -> firewalls.add(shown(call, node)));
        return new Page(firewalls, answer.path("links").path("pages").path("next").isTextual());
    }

    /** Returns the message of an error in either of DigitalOcean's shapes; empty if unreadable. */
    static String reason(byte[] body) {
        try {
            JsonNode answer = body == null ? null : MAPPER.readTree(body);
            if (answer == null) {
                return "";
            }
            return answer.path("message").asText(answer.path("error").asText(""));
        } catch (IOException unreadable) {
            return "";
        }
    }

    private ShownFirewall shown(String call, JsonNode node) {
        String id = member(call, node, "id", JsonNode::isTextual).textValue();
        String name = member(call, node, "name", JsonNode::isTextual).textValue();
        List<FirewallRule> inbound = new ArrayList<>();
        List<String> strange = new ArrayList<>();
        for (JsonNode rule : orEmpty(call, node, "inbound_rules")) {
            rule(rule, strange).ifPresent(inbound::add);
        }
        for (JsonNode rule : orEmpty(call, node, "outbound_rules")) {
            strange.add("an outbound rule for " + rule.path("protocol").asText("?") + " " + rule.path("ports").asText("?"));
        }
        List<Long> droplets = new ArrayList<>();
        orEmpty(call, node, "droplet_ids").forEach(droplet -> droplets.add(droplet.asLong()));
        List<String> tags = new ArrayList<>();
        orEmpty(call, node, "tags").forEach(tag -> tags.add(tag.asText()));
        ShownFirewall shown = new ShownFirewall(id, name, inbound, strange, new Attachment(tags, droplets), progress(call, node));
        return made(node).map(shown::createdAt).orElse(shown);
    }

    private static Optional<Instant> made(JsonNode node) {
        try {
            return Optional.of(Instant.parse(node.path("created_at").asText("")));
        } catch (DateTimeParseException notSaid) {
            return Optional.empty();
        }
    }

    private static ShownFirewall.Progress progress(String call, JsonNode node) {
        String status = node.path("status").asText("");
        if (status.equals("failed")) {
            return ShownFirewall.Progress.FAILED;
        }
        boolean done = status.equals("succeeded") && orEmpty(call, node, "pending_changes").isEmpty();
        return done ? ShownFirewall.Progress.DONE : ShownFirewall.Progress.PENDING;
    }

    /** The rule, if it has the form of ours. */
    private Optional<FirewallRule> rule(JsonNode node, List<String> strange) {
        String what = "a rule for " + node.path("protocol").asText("?") + " " + node.path("ports").asText("?");
        int before = strange.size();
        others(node, RULE_MEMBERS).ifPresent(members -> strange.add(what + " with " + members));
        String action = node.path("action").asText("allow");
        if (!action.equals("allow")) {
            strange.add(what + " with action " + action);
        }
        JsonNode sources = node.path("sources");
        others(sources, Set.of("addresses")).ifPresent(members -> strange.add(what + " from " + members));
        Optional<Access.Ports> door = door(node);
        if (door.isEmpty()) {
            strange.add(what);
        }
        List<SourceAddress> read = new ArrayList<>();
        for (JsonNode address : sources.path("addresses")) { // in canonical form: whether 1.2.3.4 is shown as 1.2.3.4/32 is not documented
            AddressMemory.SHARED.read(address.asText("")).ifPresentOrElse(read::add, () -> strange.add(what + " from " + address.asText()));
        }
        return strange.size() > before && (door.isEmpty() || !action.equals("allow")) ? Optional.empty() : Optional.of(new FirewallRule(door.get(), read));
    }

    private static Optional<Access.Ports> door(JsonNode node) {
        try {
            String protocol = node.path("protocol").asText("");
            Protocol known = protocol.equals("tcp") ? Protocol.TCP : protocol.equals("udp") ? Protocol.UDP : null;
            return known == null ? Optional.empty() : Optional.of(new Access.Ports(known, PortRange.of(node.path("ports").asText(""))));
        } catch (IllegalArgumentException otherForm) {
            return Optional.empty();
        }
    }

    /** Names of members beyond {@code known} that say something. */
    private static Optional<String> others(JsonNode node, Set<String> known) {
        List<String> names = new ArrayList<>();
        for (Iterator<Map.Entry<String, JsonNode>> members = node.fields(); members.hasNext();) {
            Map.Entry<String, JsonNode> member = members.next();
            boolean silent = member.getValue().isNull() || member.getValue().isContainerNode() && member.getValue().isEmpty();
            if (!known.contains(member.getKey()) && !silent) {
                names.add(member.getKey());
            }
        }
        return names.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", names));
    }

    /** The JSON of an answer. @throws CloudFailure of kind UNCLEAR if it is none */
    static JsonNode read(String call, byte[] body) {
        try {
            if (body != null && body.length <= ANSWER_BYTES_MAX) {
                return MAPPER.readTree(body);
            }
        } catch (IOException garbled) {
            throw garbled(call, "no JSON");
        }
        throw garbled(call, "no body");
    }

    private static JsonNode member(String call, JsonNode node, String name, java.util.function.Predicate<JsonNode> form) {
        JsonNode member = node.path(name);
        if (!form.test(member)) {
            throw garbled(call, "no " + name);
        }
        return member;
    }

    private static JsonNode orEmpty(String call, JsonNode node, String name) {
        JsonNode member = node.path(name);
        if (member.isMissingNode() || member.isNull()) {
            return MAPPER.createArrayNode();
        }
        return member(call, node, name, JsonNode::isArray);
    }

    private static CloudFailure garbled(String call, String what) {
        return new CloudFailure(CloudFailure.Kind.UNCLEAR, call + ": " + what + " in the answer", Optional.empty());
    }

    private static ObjectMapper mapper() {
        ObjectMapper mapper = new ObjectMapper();
        mapper.getFactory().setStreamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(32).maxDocumentLength(ANSWER_BYTES_MAX).build());
        return mapper;
    }
}
