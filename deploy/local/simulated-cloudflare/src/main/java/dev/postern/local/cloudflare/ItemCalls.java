// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.SimulatedResponse;
import dev.postern.local.simulated.Json;
import dev.postern.local.simulated.Routes;
import dev.postern.local.simulated.SlidingWindow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** /accounts/{account_id}/rules/lists/{list_id}/items: reading by pages, and the three bulk operations. */
final class ItemCalls {
    private static final String ITEMS = ListCalls.ONE + "/items";
    private static final int PER_PAGE_DEFAULT = 25;
    private static final int PER_PAGE_MAX = 500;
    private static final Pattern CURSOR = Pattern.compile("(after|before):(\\d{1,18})");

    private ItemCalls() {
    }

    static void on(Routes<CloudflareCall> routes) {
        routes.on("GET", ITEMS, ItemCalls::page)
            .on("GET", ITEMS + "/{item_id}", ItemCalls::one)
            .on("POST", ITEMS, ItemCalls::append)
            .on("PUT", ITEMS, ItemCalls::replace)
            .on("DELETE", ITEMS, ItemCalls::delete);
    }

    private static SimulatedResponse append(CloudflareCall call) {
        IpList list = call.list();
        List<Item.Content> listed = ItemReader.items(ListCalls.json(call.asked()), call.settings());
        return start(call, list, list.with(listed, call.nowMicros()).size(), listed.size(), at -> list.with(listed, at));
    }

    private static SimulatedResponse replace(CloudflareCall call) {
        IpList list = call.list();
        List<Item.Content> listed = ItemReader.items(ListCalls.json(call.asked()), call.settings());
        return start(call, list, listed.size(), listed.size() + list.items().size(), at -> list.only(listed, at));
    }

    private static SimulatedResponse delete(CloudflareCall call) {
        IpList list = call.list();
        Set<String> ids = new HashSet<>(ItemReader.ids(ListCalls.object(call.asked())));
        return start(call, list, 0, ids.size(), at -> list.without(ids));
    }

    /**
     * @param sizeAfter of the list
     * @param changes of items, as the limit of twelve hours counts them
     */
    private static SimulatedResponse start(CloudflareCall call, IpList list, int sizeAfter, int changes, LongFunction<Map<String, Item>> wanted) {
        CloudAccount account = call.account();
        Settings.Limits limits = call.settings().limits();
        long now = call.nowMicros();
        if (account.isPending()) {
            throw Errors.operationPending();
        }
        if (sizeAfter > list.items().size() && account.itemsTotal() - list.items().size() + sizeAfter > limits.items()) {
            throw Errors.tooMany("this account may have at most " + limits.items() + " items in all its lists");
        }
        refuseBeyond(account.itemRequests, 1, limits.itemRequestsPer12Hours(), now);
        refuseBeyond(account.itemChanges, changes, limits.itemChangesPer12Hours(), now);
        account.itemRequests.add(1, now);
        account.itemChanges.add(changes, now);
        BulkOperation operation = account.start(list, wanted, now, call.settings().delayMicros(), call.asked().mishap());
        return Envelope.of(Json.MAPPER.createObjectNode().put("operation_id", operation.id()));
    }

    private static void refuseBeyond(SlidingWindow window, int more, int limit, long nowMicros) {
        if (limit > 0 && window.total(nowMicros) + more > limit) {
            throw Errors.tooManyItemChanges(window.secondsUntilLess(nowMicros));
        }
    }

    private static SimulatedResponse one(CloudflareCall call) {
        return Envelope.of(call.list().items().stream().filter(item -> item.id().equals(call.asked().name("item_id"))).findFirst()
            .orElseThrow(() -> Errors.noSuchThing("the item")).json());
    }

    /** A cursor is a place between two items, not a number of items: what is added or removed meanwhile shifts nothing. */
    private static SimulatedResponse page(CloudflareCall call) {
        int perPage = perPage(call);
        String search = call.asked().query().get("search");
        List<Item> all = new ArrayList<>(call.list().items());
        all.sort(Comparator.comparingLong(Item::number));
        if (search != null) {
            all.removeIf(item -> !item.content().ip().startsWith(search.toLowerCase(Locale.ROOT)));
        }
        int from = 0;
        String cursor = call.asked().query().get("cursor");
        if (cursor != null && !cursor.isEmpty()) {
            Matcher place = place(cursor);
            long number = Long.parseLong(place.group(2));
            int first = (int) all.stream().filter(item -> place.group(1).equals("after") ? item.number() <= number : item.number() < number).count();
            from = place.group(1).equals("after") ? first : Math.max(0, first - perPage);
        }
        int to = Math.min(all.size(), from + perPage);
        ArrayNode items = Json.MAPPER.createArrayNode();
        all.subList(from, to).forEach(item -> items.add(item.json()));
        ObjectNode body = Envelope.body(items);
        ObjectNode cursors = body.putObject("result_info").putObject("cursors");
        if (from > 0) {
            cursors.put("before", cursor("before:" + (from < all.size() ? all.get(from).number() : Long.MAX_VALUE / 10)));
        }
        if (to < all.size()) {
            cursors.put("after", cursor("after:" + all.get(to - 1).number()));
        }
        return SimulatedResponse.ok(body);
    }

    private static int perPage(CloudflareCall call) {
        String text = call.asked().query().get("per_page");
        if (text == null) {
            return PER_PAGE_DEFAULT;
        }
        if (!text.matches("[1-9]\\d{0,2}") || Integer.parseInt(text) > PER_PAGE_MAX) {
            throw Errors.invalidList("per_page must be from 1 to " + PER_PAGE_MAX);
        }
        return Integer.parseInt(text);
    }

    private static String cursor(String place) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(place.getBytes(StandardCharsets.US_ASCII));
    }

    private static Matcher place(String cursor) {
        try {
            Matcher place = CURSOR.matcher(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII));
            if (place.matches()) {
                return place;
            }
        } catch (IllegalArgumentException malformed) {
            throw Errors.invalidList("the cursor is none that was given out");
        }
        throw Errors.invalidList("the cursor is none that was given out");
    }
}
