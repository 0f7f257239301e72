// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.local.simulated.AddressRange;
import dev.postern.local.simulated.Refusal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads and checks what clients write of items. */
final class ItemReader {
    private static final int IPV4_PREFIX_MIN = 8;
    private static final int IPV6_PREFIX_MIN = 12;
    private static final int COMMENT_CHARACTERS_MAX = 500;

    private ItemReader() {
    }

    /** The body of POST and PUT: an array of items, none of them twice. */
    static List<Item.Content> items(JsonNode body, Settings settings) {
        if (body == null || !body.isArray()) {
            throw Errors.invalidJson("the body must be an array of items");
        }
        List<Item.Content> all = new ArrayList<>(body.size());
        Set<String> keys = new HashSet<>();
        for (JsonNode each : body) {
            if (!each.isObject() || !each.path("ip").isTextual()) {
                throw Errors.invalidJson("an item of a list of the kind ip must have an ip");
            }
            Item.Content content = new Item.Content(shown(each.get("ip").textValue(), settings), range(each.get("ip").textValue(), settings), comment(each));
            if (!keys.add(content.key())) {
                throw Errors.duplicateItem(content.ip());
            }
            all.add(content);
        }
        return all;
    }

    private static String comment(JsonNode item) {
        JsonNode comment = item.get("comment");
        if (comment == null || comment.isNull()) {
            return null;
        }
        if (!comment.isTextual() || comment.textValue().length() > COMMENT_CHARACTERS_MAX) {
            throw Errors.invalidJson("a comment must be a string of at most " + COMMENT_CHARACTERS_MAX + " characters");
        }
        return comment.textValue();
    }

    static AddressRange range(String text, Settings settings) {
        AddressRange range = AddressRange.parse(text);
        if (range == null) {
            throw Errors.invalidIp(text, "it is neither an address nor a CIDR range");
        }
        boolean ipv4 = range.address().length == 4;
        int least = ipv4 ? IPV4_PREFIX_MIN : IPV6_PREFIX_MIN;
        int most = ipv4 ? 32 : settings.limits().ipv6PrefixMax();
        if (range.prefix() < least || range.prefix() > most) {
            throw Errors.invalidIp(text, "the prefix of an " + (ipv4 ? "IPv4" : "IPv6") + " range must be from /" + least + " to /" + most);
        }
        return range;
    }

    static String shown(String text, Settings settings) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (settings.echo() == Settings.Echo.AS_GIVEN || lower.indexOf('/') >= 0) {
            return lower;
        }
        return lower + (lower.indexOf(':') < 0 ? "/32" : "/128");
    }

    /** The body of DELETE: {@code {"items": [{"id"}]}}. */
    static List<String> ids(JsonNode body) {
        JsonNode items = body == null ? null : body.get("items");
        if (items == null || !items.isArray()) {
            throw Errors.invalidJson("the body must have items, an array");
        }
        List<String> ids = new ArrayList<>(items.size());
        for (JsonNode each : items) {
            if (!each.path("id").isTextual()) {
                throw Errors.invalidJson("an item to delete must have an id");
            }
            ids.add(each.get("id").textValue());
        }
        return ids;
    }

    /** An address or range as of a question, of any width. */
    static AddressRange source(String text) {
        AddressRange range = AddressRange.parse(text);
        if (range == null) {
            throw Refusal.unprocessable("source must be an address");
        }
        return range;
    }
}
