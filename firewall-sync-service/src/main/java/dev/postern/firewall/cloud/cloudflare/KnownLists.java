// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud.cloudflare;

import dev.postern.firewall.plan.ShownFirewall;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A cache of one account's lists: names, last operation and last contents. It is not authoritative: a new process starts without it, and reads.
 * Thread-safe, with one service at a time for each list.
 */
final class KnownLists {
    private final Map<String, CloudflareJson.Head> heads = new ConcurrentHashMap<>();
    private final Map<String, Optional<Operation>> operations = new ConcurrentHashMap<>();
    private final Map<String, Shown> shown = new ConcurrentHashMap<>();

    /**
     * An operation that the provider accepted and whose end was not seen.
     *
     * @param asked what the list shows when it has completed
     */
    record Operation(String id, ShownFirewall asked) {}

    /**
     * A list without anything pending.
     *
     * @param at     as of when: when its items were read, or an operation completed that replaced them
     * @param readAt when its items were read last
     */
    record Shown(ShownFirewall list, Instant at, Instant readAt) {}

    /** Returns a list's name and kind as read last; empty if they were not read. */
    Optional<CloudflareJson.Head> head(String id) {
        return Optional.ofNullable(heads.get(id));
    }

    void head(CloudflareJson.Head head) {
        heads.put(head.id(), head);
    }

    /** Returns whether the end of all that was asked of the list is known here, or will be. */
    boolean follows(String id) {
        return operations.containsKey(id);
    }

    /** Returns the operation of which the end was not seen; empty if there is none that this process knows of. */
    Optional<Operation> pending(String id) {
        return operations.getOrDefault(id, Optional.empty());
    }

    /** Nothing was asked of the list yet. */
    void made(String id) {
        operations.put(id, Optional.empty());
    }

    /** Records a change before it is sent: until the answer names its operation, the outcome is unknown. */
    void asking(String id) {
        operations.remove(id);
    }

    /** The provider accepted what was asked. */
    void accepted(String id, Operation operation) {
        operations.put(id, Optional.of(operation));
    }

    /** The provider refused what was asked: an operation that was pending before still is. @param before null if none was followed */
    void refused(String id, Optional<Operation> before) {
        if (before != null) {
            operations.putIfAbsent(id, before);
        }
    }

    /** Returns what {@link #refused} needs to know. */
    Optional<Operation> before(String id) {
        return operations.get(id);
    }

    /** The operation was seen to end. The list has to be read before anything is believed of it. */
    void ended(String id, Operation operation) {
        operations.replace(id, Optional.of(operation), Optional.empty());
        shown.remove(id);
    }

    /** The operation was seen to complete, and its replacement is what the list shows: the items were read a moment ago. */
    void completed(String id, Operation operation, Instant now, Instant readAt) {
        operations.replace(id, Optional.of(operation), Optional.empty());
        shown.put(id, new Shown(operation.asked(), now, readAt));
    }

    /** Returns what the list showed last; empty if it was not read since an operation ended. */
    Optional<Shown> shown(String id) {
        return Optional.ofNullable(shown.get(id));
    }

    void read(ShownFirewall list, Instant at) {
        shown.put(list.id(), new Shown(list, at, at));
    }

    /** The list is gone. */
    void gone(String id) {
        heads.remove(id);
        shown.remove(id);
    }

    /** The list was deleted by this process. */
    void deleted(String id) {
        gone(id);
        operations.remove(id);
    }
}
