// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The faults that are set at this moment. Safe for use by many threads. */
public final class Faults {
    /** Maximum number of faults set at once. */
    public static final int MOST = 1_000;

    private final Provider<?> provider;
    private FaultPlan plan = FaultPlan.NONE;
    private long named;

    Faults(Provider<?> provider) {
        this.provider = provider;
    }

    /** Sets these instead of all that were set. Their counts start anew. */
    public void set(List<PlannedFault> planned) {
        synchronized (provider.lock()) {
            long now = provider.nowMicros();
            Set<String> ids = new HashSet<>();
            planned.forEach(each -> {
                if (!ids.add(each.id())) {
                    throw Refusal.unprocessable("two faults have the id " + each.id());
                }
            });
            if (planned.size() > MOST) {
                throw Refusal.unprocessable("there are more than " + MOST + " faults");
            }
            Set<String> gone = new HashSet<>();
            plan.armed().forEach(each -> gone.add(each.planned().id()));
            plan = new FaultPlan(planned.stream().map(each -> new FaultPlan.Armed(each, now, 0, 0)).toList());
            provider.released(gone, now);
        }
    }

    /** Sets one more. @return its id */
    public String add(Fault fault, FaultScope scope) {
        synchronized (provider.lock()) {
            PlannedFault planned = new PlannedFault("added-" + ++named, fault, scope);
            List<FaultPlan.Armed> all = new ArrayList<>(plan.armed());
            if (all.size() >= MOST) {
                throw new IllegalStateException("there are " + MOST + " faults");
            }
            all.add(new FaultPlan.Armed(planned, provider.nowMicros(), 0, 0));
            plan = new FaultPlan(all);
            return planned.id();
        }
    }

    /** Ends one. What it held goes on. */
    public void end(String id) {
        synchronized (provider.lock()) {
            plan = new FaultPlan(plan.armed().stream().filter(each -> !each.planned().id().equals(id)).toList());
            provider.released(Set.of(id), provider.nowMicros());
        }
    }

    /** Ends all. What they held goes on. */
    public void clear() {
        set(List.of());
    }

    /** All that are set, those included that will hit nothing any more. */
    public List<FaultPlan.Armed> armed() {
        synchronized (provider.lock()) {
            return plan.armed();
        }
    }

    /** The lock must be held. */
    List<FaultPlan.Armed> select(String method, String path, String account, long nowMicros) {
        FaultPlan.Selection selection = plan.select(method, path, account, nowMicros);
        plan = selection.next();
        return selection.hits();
    }
}
