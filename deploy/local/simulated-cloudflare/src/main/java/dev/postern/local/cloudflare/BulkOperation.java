// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;

/**
 * An asynchronous change of one list's items. There is no timer: whoever looks settles first, as of the instant when it was due.
 *
 * @param outcome the list's items once it is done, at that instant
 * @param startedMicros when it was taken on
 * @param dueMicros when it ends; {@link Long#MAX_VALUE} while a fault holds it
 * @param failedBy id of the fault that makes it fail, or null
 * @param heldBy id of the fault that holds it, or null
 * @param done whether it has ended, well or not
 */
record BulkOperation(String id, IpList list, LongFunction<Map<String, Item>> outcome, long startedMicros, long dueMicros, String failedBy, String heldBy,
                     boolean done) {

    BulkOperation ended() {
        return new BulkOperation(id, list, micros -> Map.of(), startedMicros, dueMicros, failedBy, heldBy, true);
    }

    BulkOperation released(Set<String> faultIds, long nowMicros) {
        boolean held = heldBy != null && faultIds.contains(heldBy);
        boolean failing = failedBy != null && faultIds.contains(failedBy);
        return done || !held && !failing ? this
            : new BulkOperation(id, list, outcome, startedMicros, held ? nowMicros : dueMicros, failing ? null : failedBy, held ? null : heldBy, false);
    }

    private String status(long nowMicros) {
        if (done) {
            return failedBy == null ? "completed" : "failed";
        }
        return heldBy != null || nowMicros - startedMicros < (dueMicros - startedMicros) / 2 ? "pending" : "running";
    }

    ObjectNode json(long nowMicros) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", id).put("status", status(nowMicros));
        if (done) {
            node.put("completed", Times.rfc3339(dueMicros));
        }
        if (done && failedBy != null) {
            node.put("error", "internal error: the operation was not carried out");
        }
        return node;
    }
}
