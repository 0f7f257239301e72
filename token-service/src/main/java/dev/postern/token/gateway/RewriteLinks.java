package dev.postern.token.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Links of an answer that lead to the provider lead to the gateway: a client that follows them does not show its token to somebody else. */
final class RewriteLinks {
    private static final int DEPTH_MAX = 8;

    private RewriteLinks() { }

    /** Changes what stands in {@code links} of the answer. */
    static void in(JsonNode answer, String from, String to) {
        if (answer.get("links") instanceof ObjectNode links) {
            rewrite(links, from, to, 0);
        }
    }

    /** The same for one address. */
    static String in(String address, String from, String to) {
        return address.startsWith(from + "/") ? to + address.substring(from.length()) : address;
    }

    private static void rewrite(ObjectNode object, String from, String to, int depth) {
        List<Map.Entry<String, JsonNode>> members = new ArrayList<>(object.properties());
        for (Map.Entry<String, JsonNode> member : members) {
            if (member.getValue().isTextual()) {
                object.set(member.getKey(), TextNode.valueOf(in(member.getValue().textValue(), from, to)));
            } else if (member.getValue() instanceof ObjectNode inner && depth < DEPTH_MAX) {
                rewrite(inner, from, to, depth + 1);
            }
        }
    }
}
