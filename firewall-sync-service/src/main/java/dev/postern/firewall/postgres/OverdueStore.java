// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.postgres;

import dev.postern.events.AccountName;
import dev.postern.events.Event;
import dev.postern.events.FirewallChanged;
import dev.postern.events.Outcome;
import dev.postern.events.ServiceName;
import dev.postern.firewall.FirewallNews;
import dev.postern.firewall.Opening;
import dev.postern.firewall.OpeningTransitions;
import dev.postern.messaging.Transactions;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Publishes overdue closings, each once, in the transaction that records it. */
@ApplicationScoped
public class OverdueStore {
    /** Limit of closings published in one transaction. */
    public static final int AT_ONCE_MAX = 500;
    /** Ended by an event or by its own time, and not published yet. Skips rows that a settling transaction has locked: the provider shows them gone. */
    private static final String CLAIM = """
        update opening o set overdue_told_at = cast(?1 as timestamptz), state = 'closing', detail = coalesce(o.detail, 'expired'),
            since = case when o.state = 'closing' then o.since else o.valid_until end
        from (select request_id, service, protocol, ports, source from opening
              where overdue_told_at is null and (state = 'closing' and since < cast(?3 as timestamptz)
                  or state in ('opening', 'open') and valid_until < cast(?3 as timestamptz))
              order by id limit ?2 for update skip locked) as late,
            protected_service s
        where o.request_id = late.request_id and o.service = late.service and o.protocol = late.protocol and o.ports = late.ports
            and o.source = late.source and s.name = o.service
        returning cast(o.request_id as text), o.service, o.protocol, o.ports, o.source, cast(extract(epoch from o.since) * 1000000 as bigint),
            cast(extract(epoch from o.granted_at) * 1000000 as bigint), cast(extract(epoch from o.valid_until) * 1000000 as bigint), o.detail,
            s.content ->> 'account'""";
    private static final String COUNT = """
        select count(*) from opening where state = 'closing' and since < $1 or state in ('opening', 'open') and valid_until < $1""";

    private final Transactions transactions;
    private final OpeningStore openings;
    private final Pool pool;

    OverdueStore(Transactions transactions, OpeningStore openings, Pool pool) {
        this.transactions = transactions;
        this.openings = openings;
        this.pool = pool;
    }

    /** Sequences are locked in the order of the services' names, as everywhere. */
    private record Place(ServiceName service, AccountName account) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            return service.toString().compareTo(other.service.toString());
        }
    }

    /**
     * Publishes overdue closings that were not published yet, at most 500.
     *
     * @param over accesses that ended before this moment are overdue
     * @return the published changes, per service
     */
    public Uni<List<FirewallChanged>> tell(Instant now, Instant over) {
        return transactions.decide(session -> session.createNativeQuery(CLAIM, Object[].class).setParameter(1, Rows.time(now)).setParameter(2, AT_ONCE_MAX)
            .setParameter(3, Rows.time(over)).getResultList().chain(rows -> {
                Map<Place, List<FirewallChanged.OpeningChange>> late = new TreeMap<>();
                rows.forEach(row -> late.computeIfAbsent(new Place(new ServiceName((String) row[1]), new AccountName((String) row[9])),
                    none -> new ArrayList<>()).add(OpeningTransitions.overdue(closing(row))));
                Uni<List<Event>> told = Uni.createFrom().item(List.of());
                for (Map.Entry<Place, List<FirewallChanged.OpeningChange>> entry : late.entrySet()) {
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

    private static Opening closing(Object[] row) {
        Opening.Granted granted = Rows.opening(UUID.fromString((String) row[0]), (String) row[1], (String) row[2], (String) row[3], (String) row[4], "closing",
            Rows.ofMicros(row[5]), Rows.ofMicros(row[6]), Rows.ofMicros(row[7]), (String) row[8]).granted();
        return new Opening.Closing(granted, Rows.ofMicros(row[5]), Optional.of((String) row[8]));
    }

    /** Returns the number of openings that ended before {@code over} and may still be open, reported or not. */
    public Uni<Long> count(Instant over) {
        return pool.preparedQuery(COUNT).execute(Tuple.of(Rows.time(over))).map(rows -> rows.iterator().next().getLong(0));
    }
}
