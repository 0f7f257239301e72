// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import dev.postern.local.simulated.Mishap;
import dev.postern.local.simulated.SlidingWindow;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;

/** Everything that one account holds, in memory. Not thread-safe: {@link CloudflareProvider} holds the lock. */
final class CloudAccount {
    private static final int OPERATIONS_KEPT_MAX = 10_000;
    private static final long TWELVE_HOURS_MICROS = 12 * 3_600_000_000L;

    private final String id;
    final Map<String, IpList> lists = new LinkedHashMap<>();
    final SlidingWindow itemRequests = new SlidingWindow(TWELVE_HOURS_MICROS);
    final SlidingWindow itemChanges = new SlidingWindow(TWELVE_HOURS_MICROS);
    private final Map<String, History> histories = new HashMap<>();
    private final Map<String, BulkOperation> operations = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, BulkOperation> eldest) {
            return size() > OPERATIONS_KEPT_MAX && eldest.getValue().done();
        }
    };
    private String pending;

    CloudAccount(String id) {
        this.id = id;
    }

    String id() {
        return id;
    }

    /** Null if there is none. */
    IpList listNamed(String name) {
        return lists.values().stream().filter(list -> list.name().equals(name)).findFirst().orElse(null);
    }

    IpList list(String listId) {
        IpList list = lists.get(listId);
        if (list == null) {
            throw Errors.noSuchThing("the list");
        }
        return list;
    }

    IpList addList(String name, String description, long nowMicros) {
        IpList list = new IpList(Ids.fresh(), name, description, nowMicros, history(name));
        lists.put(list.id(), list);
        return list;
    }

    void deleteList(IpList list, long nowMicros) {
        list.replaceItems(Map.of(), nowMicros);
        lists.remove(list.id());
    }

    History history(String name) {
        return histories.computeIfAbsent(name, fresh -> new History());
    }

    int itemsTotal() {
        return lists.values().stream().mapToInt(list -> list.items().size()).sum();
    }

    /** Ends the operation that is due, as of the instant when it was. */
    void settle(long nowMicros) {
        BulkOperation operation = pending == null ? null : operations.get(pending);
        if (operation != null && operation.dueMicros() <= nowMicros) {
            if (operation.failedBy() == null && lists.containsKey(operation.list().id())) {
                operation.list().replaceItems(operation.outcome().apply(operation.dueMicros()), operation.dueMicros());
            }
            operations.put(pending, operation.ended());
            pending = null;
        }
    }

    boolean isPending() {
        return pending != null;
    }

    /** Null if there is none, or it is long forgotten. */
    BulkOperation operation(String operationId) {
        return operations.get(operationId);
    }

    BulkOperation start(IpList list, LongFunction<Map<String, Item>> wanted, long nowMicros, long delayMicros, Mishap mishap) {
        LongFunction<Map<String, Item>> outcome = mishap.partial() ? micros -> list.halfWayTo(wanted.apply(micros)) : wanted;
        long due = nowMicros + delayMicros;
        BulkOperation operation = new BulkOperation(Ids.fresh(), list, outcome, nowMicros,
            mishap.heldBy() == null ? due : Math.max(due, mishap.heldUntilMicros()), mishap.failedBy(), mishap.heldBy(), false);
        operations.put(operation.id(), operation);
        pending = operation.id();
        return operation;
    }

    /** An operation of another client on a list that is not there: it ends, and changes nothing. */
    void occupy(long nowMicros, long lengthMicros) {
        IpList elsewhere = new IpList(Ids.fresh(), "elsewhere", null, nowMicros, new History());
        BulkOperation operation = new BulkOperation(Ids.fresh(), elsewhere, micros -> Map.of(), nowMicros, nowMicros + lengthMicros, null, null, false);
        operations.put(operation.id(), operation);
        pending = operation.id();
    }

    void released(Set<String> faultIds, long nowMicros) {
        settle(nowMicros);
        operations.replaceAll((operationId, operation) -> operation.released(faultIds, nowMicros));
    }
}
