// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.ServiceName;
import dev.postern.firewall.budget.CallPacing;
import dev.postern.firewall.budget.CallUse;
import io.smallrye.mutiny.Uni;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** A count of calls that all processes share, as the table does: slots of five seconds. Sums are kept, for a simulated day asks for them often. */
final class SimulatedCount implements CallPacing.Count {
    private final VirtualTime time;
    private final Window hour = new Window(3_605);
    private final Window minute = new Window(64);

    SimulatedCount(VirtualTime time) {
        this.time = time;
    }

    /** The slots of the last seconds, and their sums by service. */
    private static final class Window {
        private final long seconds;
        private final TreeMap<Long, Map<ServiceName, Integer>> slots = new TreeMap<>();
        private final Map<ServiceName, Integer> sums = new LinkedHashMap<>();

        Window(long seconds) {
            this.seconds = seconds;
        }

        void slide(long now) {
            while (!slots.isEmpty() && slots.firstKey() < now - seconds) {
                slots.pollFirstEntry().getValue().forEach((service, calls) -> sums.merge(service, -calls, Integer::sum));
            }
        }

        void add(long slot, ServiceName service, int calls) {
            slots.computeIfAbsent(slot, none -> new LinkedHashMap<>()).merge(service, calls, Integer::sum);
            sums.merge(service, calls, Integer::sum);
        }

        void giveBack(ServiceName service, int calls) {
            slots.descendingMap().values().stream().filter(slot -> slot.containsKey(service)).findFirst().ifPresent(slot -> {
                slot.merge(service, -calls, Integer::sum);
                sums.merge(service, -calls, Integer::sum);
            });
        }

        long all() {
            return sums.values().stream().mapToLong(Integer::longValue).sum();
        }

        int of(ServiceName service) {
            return sums.getOrDefault(service, 0);
        }

        int services(ServiceName asking) {
            return (int) sums.entrySet().stream().filter(entry -> entry.getValue() > 0 && !entry.getKey().equals(asking)).count() + 1;
        }
    }

    @Override
    public Uni<CallUse> reserve(ServiceName service, int calls) {
        return time.later(SimulatedTables.STATEMENT, () -> true, () -> {
            long now = VirtualTime.seconds(time.micros());
            hour.slide(now);
            minute.slide(now);
            CallUse use = new CallUse(minute.all(), hour.all(), minute.of(service), hour.of(service), minute.services(service), hour.services(service));
            hour.add(now / 5 * 5, service, calls);
            minute.add(now / 5 * 5, service, calls);
            return use;
        });
    }

    @Override
    public Uni<Void> giveBack(ServiceName service, int calls) {
        return time.later(SimulatedTables.STATEMENT, () -> true, () -> {
            hour.giveBack(service, calls);
            minute.giveBack(service, calls);
            return null;
        });
    }
}
