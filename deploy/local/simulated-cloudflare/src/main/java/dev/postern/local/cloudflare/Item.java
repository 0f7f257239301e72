// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.AddressRange;

/**
 * An address in a list.
 *
 * @param id 32 hexadecimal digits
 * @param number ever greater within a list: the order in which items are shown
 * @param content what a client decides of it
 */
record Item(String id, long number, Content content, long createdMicros, long modifiedMicros) {

    /**
     * Content of an item that a client sets.
     *
     * @param ip as it is shown
     * @param range as it is meant; two texts of one range are one item
     * @param comment or null
     */
    record Content(String ip, AddressRange range, String comment) {
        String key() {
            return range.network();
        }
    }

    String key() {
        return content.key();
    }

    ObjectNode json() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", id).put("ip", content.ip());
        if (content.comment() != null) {
            node.put("comment", content.comment());
        }
        return node.put("created_on", Times.rfc3339(createdMicros)).put("modified_on", Times.rfc3339(modifiedMicros));
    }
}
