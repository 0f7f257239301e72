// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.postgres;

import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.Event;
import dev.postern.events.FirewallChanged;
import dev.postern.events.FirewallChanged.OpeningChange;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.events.Outcome;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.ServiceName;
import dev.postern.firewall.FirewallNews;
import dev.postern.messaging.Transactions;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Publishes why openings wait, once per reason, in the transaction that records it. */
@ApplicationScoped
public class WaitingStore {
    private static final int AT_ONCE_MAX = 500;
    /** Minimum interval between publications of a changed reason. */
    private static final Duration TOLD_AGAIN_AFTER = Duration.ofMinutes(1);
    private static final String CLAIM = """
        update opening o set waiting_told = late.reason, waiting_told_at = cast(?1 as timestamptz)
        from (select w.request_id, w.service, w.protocol, w.ports, w.source,
                  left(case when c.failing_since is not null then c.failure
                      when c.wall = 'unknown' or r.outcome is null then 'the provider does not show it yet'
                      when r.outcome = 'gathering' then 'changes are gathered because the provider''s budget is scarce'
                      when r.outcome = 'queued' then coalesce(split_part(r.detail, ';', 1), 'others of the account come first')
                      when r.outcome = 'pending' then 'the provider has not carried the change out yet'
                      else 'the provider does not show it yet' end, 400) as reason
              from opening w left join service_condition c on c.service = w.service left join reconciliation r on r.service = w.service
              where w.state = 'opening' and w.since < cast(?3 as timestamptz) and w.valid_until > cast(?1 as timestamptz)
                  and (w.waiting_told_at is null or w.waiting_told_at < cast(?4 as timestamptz))
              order by w.service, w.id limit ?2 for update of w skip locked) as late,
            protected_service s
        where o.request_id = late.request_id and o.service = late.service and o.protocol = late.protocol and o.ports = late.ports
            and o.source = late.source and s.name = o.service and o.waiting_told is distinct from late.reason
        returning cast(o.request_id as text), o.service, o.protocol, o.ports, o.source, cast(extract(epoch from o.since) * 1000000 as bigint),
            late.reason, s.content ->> 'account'""";
    private static final String COUNT = "select count(*), min(since) from opening where state = 'opening' and since < $1 and valid_until > now()";

    private final Transactions transactions;
    private final OpeningStore openings;
    private final Pool pool;

    WaitingStore(Transactions transactions, OpeningStore openings, Pool pool) {
        this.transactions = transactions;
        this.openings = openings;
        this.pool = pool;
    }

    private record Place(ServiceName service, AccountName account) {}

    /**
     * Openings that wait.
     *
     * @param oldest since when the one that waits longest does; empty if none waits
     */
    public record Waiting(long count, Optional<Instant> oldest) {}

    /**
     * Publishes why openings that were granted before {@code late} are not open, at most 500 at once.
     *
     * @return the published changes, per service
     */
    public Uni<List<FirewallChanged>> tell(Instant now, Instant late) {
        return transactions.decide(session -> session.createNativeQuery(CLAIM, Object[].class).setParameter(1, Rows.time(now)).setParameter(2, AT_ONCE_MAX)
            .setParameter(3, Rows.time(late)).setParameter(4, Rows.time(now.minus(TOLD_AGAIN_AFTER))).getResultList().chain(rows -> {
                Map<Place, List<OpeningChange>> waiting = new LinkedHashMap<>();
                rows.forEach(row -> waiting.computeIfAbsent(new Place(new ServiceName((String) row[1]), new AccountName((String) row[7])),
                    none -> new ArrayList<>()).add(change(row)));
                Uni<List<Event>> told = Uni.createFrom().item(List.of());
                for (Map.Entry<Place, List<OpeningChange>> entry : waiting.entrySet()) {
                    FirewallNews news = new FirewallNews(entry.getValue(), List.of());
                    told = told.chain(before -> openings.numbers(session, entry.getKey().service(), news.count()).map(last -> {
                        List<Event> all = new ArrayList<>(before);
                        all.addAll(news.events(entry.getKey().service(), entry.getKey().account(), last, now));
                        return all;
                    }));
                }
                return told.map(events -> new Outcome<>(events.stream().map(FirewallChanged.class::cast).toList(), events));
            }));
    }

    private static OpeningChange change(Object[] row) {
        return new OpeningChange(AccessRequestId.of((String) row[0]), row[2].equals("tcp") ? Protocol.TCP : Protocol.UDP, PortRange.of((String) row[3]),
            Rows.address((String) row[4]), OpeningState.OPENING, Rows.ofMicros(row[5]), Optional.of("waiting: " + row[6]));
    }

    /** Returns how many openings have waited since before {@code late}. */
    public Uni<Waiting> count(Instant late) {
        return pool.preparedQuery(COUNT).execute(Tuple.of(Rows.time(late))).map(rows -> {
            var row = rows.iterator().next();
            return new Waiting(row.getLong(0), Optional.ofNullable(Rows.instant(row.getOffsetDateTime(1))));
        });
    }
}
