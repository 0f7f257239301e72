// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** One project: a name over resources. Firewalls and registries belong to none. */
final class Project {
    private final String id;
    private final UUID owner;
    private final long createdMicros;
    private final Map<String, Long> resources = new LinkedHashMap<>();
    private Description described;
    private boolean isDefault;
    private long updatedMicros;

    Project(String id, UUID owner, Description described, boolean isDefault, long nowMicros) {
        this.id = id;
        this.owner = owner;
        this.described = described;
        this.isDefault = isDefault;
        this.createdMicros = nowMicros;
        this.updatedMicros = nowMicros;
    }

    /** URN → when it was assigned, in microseconds since the epoch. */
    Map<String, Long> resources() {
        return resources;
    }

    String id() {
        return id;
    }

    Description described() {
        return described;
    }

    boolean isDefault() {
        return isDefault;
    }

    void describe(Description next, boolean asDefault, long nowMicros) {
        described = next;
        isDefault = asDefault;
        updatedMicros = nowMicros;
    }

    ObjectNode json() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", id).put("owner_uuid", owner.toString()).put("owner_id", 258_992).put("name", described.name());
        node.put("description", described.description()).put("purpose", described.purpose()).put("environment", described.environment());
        return node.put("created_at", Times.iso(createdMicros)).put("updated_at", Times.iso(updatedMicros)).put("is_default", isDefault);
    }

    /** Properties of a project that a client sets. */
    record Description(String name, String description, String purpose, String environment) {
    }
}
