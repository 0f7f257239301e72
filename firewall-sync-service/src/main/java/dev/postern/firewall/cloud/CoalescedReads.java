// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud;

import dev.postern.firewall.budget.BudgetPolicy.Urgency;
import dev.postern.firewall.plan.ShownFirewall;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * Looks of several services of one account that come within a moment, as one: a listing is one call, however many of its objects are asked for. Only
 * where changes gather, for it takes that moment longer, and only where all objects fit on one page.
 */
public final class CoalescedReads {
    private static final Duration MOMENT = Duration.ofMillis(5);
    private static final int LISTED_MAX = 150;

    private final BiConsumer<Duration, Runnable> later;
    private List<PendingRead> asked = new ArrayList<>();
    private final AtomicInteger turns = new AtomicInteger();
    private int listed;

    private record PendingRead(CloudFirewall cloud, Collection<String> ids, Urgency urgency, UniEmitter<? super List<ShownFirewall>> emitter) {}

    /** @param later does something after a time */
    public CoalescedReads(BiConsumer<Duration, Runnable> later) {
        this.later = later;
    }

    /**
     * Returns the objects of these ids, perhaps in one call with those of other services. The call is counted for one of the most urgent readers, so that
     * no closing is held back with a check.
     */
    public Uni<List<ShownFirewall>> read(CloudFirewall cloud, Collection<String> ids, Urgency urgency) {
        if (ids.isEmpty()) {
            return cloud.read(ids);
        }
        return Uni.createFrom().emitter(emitter -> join(new PendingRead(cloud, List.copyOf(ids), urgency, emitter)));
    }

    private synchronized void join(PendingRead more) {
        asked.add(more);
        if (asked.size() == 1) {
            later.accept(MOMENT, this::look);
        }
    }

    private void look() {
        List<PendingRead> now;
        boolean together;
        Set<String> ids = new HashSet<>();
        synchronized (this) {
            now = asked;
            asked = new ArrayList<>();
            now.forEach(each -> ids.addAll(each.ids()));
            together = ids.size() > 1 && listed <= LISTED_MAX;
        }
        if (!together) {
            now.forEach(each -> each.cloud().read(each.ids()).subscribe().with(each.emitter()::complete, each.emitter()::fail));
            return;
        }
        Urgency most = now.stream().map(PendingRead::urgency).min(Comparator.naturalOrder()).orElseThrow();
        List<PendingRead> payers = now.stream().filter(each -> each.urgency() == most).toList();
        PendingRead payer = payers.get(Math.floorMod(turns.getAndIncrement(), payers.size())); // each pays in its turn, out of its own share
        payer.cloud().readAll(ids, Set.of()).subscribe().with(all -> {
            synchronized (this) {
                listed = all.size();
            }
            now.forEach(each -> each.emitter().complete(all.stream().filter(shown -> each.ids().contains(shown.id())).toList()));
        }, failure -> now.forEach(each -> each.emitter().fail(failure)));
    }
}
