// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/**
 * One domain and its records.
 *
 * @param records id → the record as the API shows it
 */
record Domain(String name, Map<Long, ObjectNode> records) {
    private static final int TTL_SECONDS = 1_800;

    static Domain named(String name) {
        return new Domain(name, new TreeMap<>());
    }

    ObjectNode json() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("name", name).put("ttl", TTL_SECONDS);
        StringBuilder zone = new StringBuilder("$ORIGIN ").append(name).append(".\n$TTL ").append(TTL_SECONDS).append('\n');
        for (ObjectNode each : records.values()) {
            zone.append(each.path("name").asText("@")).append(' ').append(each.path("ttl").asInt(TTL_SECONDS)).append(" IN ")
                .append(each.path("type").asText()).append(' ').append(each.path("data").asText()).append('\n');
        }
        return node.put("zone_file", zone.toString());
    }

    void add(long id, String type, String record, String data) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", id).put("type", type).put("name", record).put("data", data).putNull("priority").putNull("port").put("ttl", TTL_SECONDS)
            .putNull("weight").putNull("flags").putNull("tag");
        records.put(id, node);
    }
}
