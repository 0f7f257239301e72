// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud.cloudflare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.postern.events.SourceAddress;
import dev.postern.firewall.budget.CloudFailure;
import dev.postern.firewall.plan.AddressMemory;
import dev.postern.firewall.plan.FirewallContent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Cloudflare's JSON of lists. */
final class CloudflareJson {
    private static final int ANSWER_BYTES_MAX = 16 * 1024 * 1024;
    private static final String KIND = "ip";
    private static final ObjectMapper MAPPER = mapper();

    /** A list without its items. */
    record Head(String id, String name, Optional<String> strange) {}

    /** A page of items, and where the next one begins. */
    record Page(List<SourceAddress> sources, List<String> strange, Optional<String> next) {}

    static byte[] newList(String name) {
        return bytes(MAPPER.createObjectNode().put("name", name).put("kind", KIND)
            .put("description", "Addresses that Postern lets in. Postern writes it; a rule of yours refers to it."));
    }

    /** The whole of a list's items. */
    static byte[] items(FirewallContent content) {
        ArrayNode items = MAPPER.createArrayNode();
        content.inbound().forEach(rule -> rule.sources().forEach(source -> items.addObject().put("ip", source.toString())));
        return bytes(items);
    }

    static Head head(String call, byte[] body) {
        return head(call, result(call, read(call, body), JsonNode::isObject));
    }

    static List<Head> heads(String call, byte[] body) {
        List<Head> heads = new ArrayList<>();
        result(call, read(call, body), JsonNode::isArray).forEach(node -> heads.add(head(call, node)));
        return heads;
    }

    private static Head head(String call, JsonNode node) {
        String kind = node.path("kind").asText("");
        return new Head(text(call, node, "id"), text(call, node, "name"), kind.equals(KIND) ? Optional.empty() : Optional.of("the kind " + kind));
    }

    Page page(String call, byte[] body) {
        JsonNode answer = read(call, body);
        List<SourceAddress> sources = new ArrayList<>();
        List<String> strange = new ArrayList<>();
        for (JsonNode item : result(call, answer, JsonNode::isArray)) {
            String ip = item.path("ip").asText("");
            AddressMemory.SHARED.read(ip) // whether /32 is shown is not documented
                .ifPresentOrElse(sources::add, () -> strange.add("an item that is no address: " + ip));
        }
        String next = answer.path("result_info").path("cursors").path("after").asText("");
        return new Page(sources, strange, next.isEmpty() ? Optional.empty() : Optional.of(next));
    }

    static String operationId(String call, byte[] body) {
        return text(call, result(call, read(call, body), JsonNode::isObject), "operation_id");
    }

    static String operationStatus(String call, byte[] body) {
        return text(call, result(call, read(call, body), JsonNode::isObject), "status");
    }

    static String tokenStatus(String call, byte[] body) {
        return text(call, result(call, read(call, body), JsonNode::isObject), "status");
    }

    /** Returns the code and message of a refusal's first error; empty if unreadable. */
    static String reason(byte[] body) {
        try {
            JsonNode error = body == null ? null : MAPPER.readTree(body).path("errors").path(0);
            return error == null || error.isMissingNode() ? "" : error.path("code").asText("") + " " + error.path("message").asText("");
        } catch (IOException unreadable) {
            return "";
        }
    }

    private static JsonNode result(String call, JsonNode answer, Predicate<JsonNode> form) {
        JsonNode result = answer.path("result");
        if (!answer.path("success").asBoolean(false) || !form.test(result)) {
            throw garbled(call, "no result");
        }
        return result;
    }

    private static String text(String call, JsonNode node, String member) {
        if (!node.path(member).isTextual()) {
            throw garbled(call, "no " + member);
        }
        return node.path(member).textValue();
    }

    private static JsonNode read(String call, byte[] body) {
        try {
            if (body != null && body.length <= ANSWER_BYTES_MAX) {
                return MAPPER.readTree(body);
            }
        } catch (IOException garbled) {
            throw garbled(call, "no JSON");
        }
        throw garbled(call, "no body");
    }

    private static CloudFailure garbled(String call, String what) {
        return new CloudFailure(CloudFailure.Kind.UNCLEAR, call + ": " + what + " in the answer", Optional.empty());
    }

    private static byte[] bytes(JsonNode body) {
        try {
            return MAPPER.writeValueAsBytes(body);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static ObjectMapper mapper() {
        ObjectMapper mapper = new ObjectMapper();
        mapper.getFactory().setStreamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(32).maxDocumentLength(ANSWER_BYTES_MAX).build());
        return mapper;
    }
}
