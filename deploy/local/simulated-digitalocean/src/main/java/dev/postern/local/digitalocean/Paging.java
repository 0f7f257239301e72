// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.SimulatedResponse;
import dev.postern.local.simulated.Refusal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/** One page of a collection, with {@code links.pages} and {@code meta.total}. */
final class Paging {
    private static final int PER_PAGE_DEFAULT = 20;
    private static final int PER_PAGE_MAX = 200;

    private Paging() {
    }

    static <T> SimulatedResponse page(DigitalOceanCall call, String member, Collection<T> all, Function<T, JsonNode> shown) {
        int perPage = number(call, "per_page", PER_PAGE_DEFAULT, PER_PAGE_MAX);
        int page = number(call, "page", 1, Integer.MAX_VALUE);
        int last = Math.max(1, (all.size() + perPage - 1) / perPage);
        long from = Math.min((long) (page - 1) * perPage, all.size());
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode items = body.putArray(member);
        List.copyOf(all).subList((int) from, (int) Math.min(from + perPage, all.size())).forEach(item -> items.add(shown.apply(item)));
        ObjectNode links = body.putObject("links");
        if (last > 1) {
            ObjectNode pages = links.putObject("pages");
            if (page > 1) {
                pages.put("first", link(call, 1)).put("prev", link(call, Math.min(page - 1, last)));
            }
            if (page < last) {
                pages.put("last", link(call, last)).put("next", link(call, page + 1)); // "last" before "next", as the provider: clients parse it by pattern
            }
        }
        body.putObject("meta").put("total", all.size());
        return SimulatedResponse.ok(body);
    }

    private static int number(DigitalOceanCall call, String name, int otherwise, int most) {
        String text = call.query().get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            int value = Integer.parseInt(text);
            if (value >= 1 && value <= most) {
                return value;
            }
        } catch (NumberFormatException notANumber) {
            throw Refusal.unprocessable(name + " must be an integer");
        }
        throw Refusal.unprocessable(name + " must be between 1 and " + most);
    }

    private static String link(DigitalOceanCall call, int page) {
        StringBuilder link = new StringBuilder(call.linkBase()).append(call.path()).append("?page=").append(page);
        call.query().forEach((name, value) -> {
            if (!name.equals("page")) {
                link.append('&').append(encoded(name)).append('=').append(encoded(value));
            }
        });
        return link.toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
