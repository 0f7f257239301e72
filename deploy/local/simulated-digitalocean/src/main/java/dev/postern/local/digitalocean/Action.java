// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A change that takes its time: in progress from its start, completed from its end on.
 *
 * @param resourceType droplet, image, volume, reserved_ip
 * @param resource which one, as its path names it
 * @param resourceId the same as the API shows it; null where the resource's id is no number
 */
record Action(long id, String type, String resourceType, String resource, Long resourceId, String region, long startedMicros, long completedMicros) {

    ObjectNode json(long nowMicros) {
        boolean completed = nowMicros >= completedMicros;
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", id).put("status", completed ? "completed" : "in-progress").put("type", type).put("started_at", Times.iso(startedMicros));
        node.put("completed_at", completed ? Times.iso(completedMicros) : null).put("resource_id", resourceId).put("resource_type", resourceType);
        node.set("region", Catalogue.region(region));
        return node.put("region_slug", region);
    }

    /** Returns the link to this action in the answer of the call that began it. */
    ObjectNode link(String rel, DigitalOceanCall call) {
        return JsonNodeFactory.instance.objectNode().put("id", id).put("rel", rel).put("href", call.linkBase() + "/v2/actions/" + id);
    }
}
