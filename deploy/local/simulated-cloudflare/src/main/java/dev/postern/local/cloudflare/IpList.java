// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One list. What it holds is shown and in effect at once; only bulk operations take their time. */
final class IpList {
    private final String id;
    private final long createdMicros;
    private final History history;
    private String name;
    private String description;
    private long modifiedMicros;
    private int referencingFilters;
    private long lastNumber;
    private Map<String, Item> items = new LinkedHashMap<>();

    IpList(String id, String name, String description, long createdMicros, History history) {
        this.id = id;
        this.name = name;
        this.description = description;
        this.createdMicros = createdMicros;
        this.modifiedMicros = createdMicros;
        this.history = history;
    }

    /** Returns the items after an append: an item that exists keeps its id and takes the new comment. */
    Map<String, Item> with(List<Item.Content> listed, long nowMicros) {
        Map<String, Item> next = new LinkedHashMap<>(items);
        for (Item.Content content : listed) {
            Item old = next.get(content.key());
            next.put(content.key(), old == null ? fresh(content, nowMicros)
                : new Item(old.id(), old.number(), content, old.createdMicros(), nowMicros));
        }
        return next;
    }

    /** Returns the items after a replacement: exactly the listed ones, each with a new id. */
    Map<String, Item> only(List<Item.Content> listed, long nowMicros) {
        Map<String, Item> next = new LinkedHashMap<>();
        listed.forEach(content -> next.put(content.key(), fresh(content, nowMicros)));
        return next;
    }

    /** Returns the items without those of these ids. */
    Map<String, Item> without(Set<String> ids) {
        Map<String, Item> next = new LinkedHashMap<>(items);
        next.values().removeIf(item -> ids.contains(item.id()));
        return next;
    }

    private Item fresh(Item.Content content, long nowMicros) {
        return new Item(Ids.fresh(), ++lastNumber, content, nowMicros, nowMicros);
    }

    /** Returns the state of a change that stops half-way: the first half of the added and removed items, additions first, rounded down. */
    Map<String, Item> halfWayTo(Map<String, Item> wanted) {
        List<String> differing = new ArrayList<>(wanted.keySet());
        differing.removeAll(items.keySet());
        List<String> going = new ArrayList<>(items.keySet());
        going.removeAll(wanted.keySet());
        differing.addAll(going);
        Map<String, Item> next = new LinkedHashMap<>(wanted);
        for (String undone : differing.subList(differing.size() / 2, differing.size())) {
            if (items.containsKey(undone)) {
                next.put(undone, items.get(undone));
            } else {
                next.remove(undone);
            }
        }
        return next;
    }

    void replaceItems(Map<String, Item> next, long atMicros) {
        items = next;
        modifiedMicros = atMicros;
        history.now(next.values(), atMicros);
    }

    void describe(String text, long nowMicros) {
        description = text;
        modifiedMicros = nowMicros;
    }

    void rename(String other) {
        name = other;
    }

    void referencingFilters(int count) {
        referencingFilters = count;
    }

    int referencingFilters() {
        return referencingFilters;
    }

    String id() {
        return id;
    }

    String name() {
        return name;
    }

    String description() {
        return description;
    }

    /** In the order of their numbers. */
    Collection<Item> items() {
        return items.values();
    }

    ObjectNode json() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", id).put("name", name);
        if (description != null) {
            node.put("description", description);
        }
        return node.put("kind", "ip").put("num_items", items.size()).put("num_referencing_filters", referencingFilters)
            .put("created_on", Times.rfc3339(createdMicros)).put("modified_on", Times.rfc3339(modifiedMicros));
    }
}
