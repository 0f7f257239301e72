// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.postgres;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccessEnded;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.Event;
import dev.postern.events.FirewallChanged.OpeningChange;
import dev.postern.events.ServiceName;
import dev.postern.firewall.FirewallNews;
import dev.postern.firewall.OpenGrant;
import dev.postern.firewall.Opening;
import dev.postern.firewall.ProtectedService;
import dev.postern.firewall.accounts.AccountClients;
import dev.postern.firewall.plan.Access;
import dev.postern.firewall.plan.ServiceContent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;

/** Openings: every method works in the caller's transaction. */
@ApplicationScoped
public class OpeningStore {
    /** One round trip: the request's row, locked, with why it is over if it is; and its services, locked against change while the grant is held to them. */
    private static final String HEAR_DECISION = """
        with heard as (
            insert into access_grant (request_id, valid_until) values (?1, ?2)
            on conflict (request_id) do update set valid_until = excluded.valid_until
            returning coalesce(ended_why, '') as why),
        service as (select """ + " " + ServiceStore.COLUMNS + """
             from protected_service where name in (select jsonb_array_elements_text(cast(cast(?3 as text) as jsonb))) order by name for share)
        select service.*, heard.why from heard left join service on true""";
    private static final String HEAR_END = """
        insert into access_grant (request_id, ended_at, ended_why) values (?1, ?2, ?3)
        on conflict (request_id) do update
        set ended_at = coalesce(access_grant.ended_at, excluded.ended_at), ended_why = coalesce(access_grant.ended_why, excluded.ended_why)""";
    private static final String INSERT = """
        insert into opening (request_id, service, protocol, ports, source, state, since, granted_at, valid_until, detail)
        select request_id, service, protocol, ports, source, state, since, granted_at, valid_until, detail
        from jsonb_to_recordset(cast(cast(?1 as text) as jsonb)) as row (request_id uuid, service text, protocol text, ports text, source text,
            state text, since timestamptz, granted_at timestamptz, valid_until timestamptz, detail text)
        on conflict do nothing""";
    /** Rows are locked in the order of their ids, here and wherever else several are: two transactions then wait for each other in one direction. */
    private static final String SAVE = """
        with given as (select * from jsonb_to_recordset(cast(cast(?1 as text) as jsonb)) as r (request_id uuid, service text, protocol text, ports text,
            source text, was text, state text, since timestamptz, detail text)),
        locked as (select o.id, given.state, given.since, given.detail from opening o join given on o.request_id = given.request_id
            and o.service = given.service and o.protocol = given.protocol and o.ports = given.ports and o.source = given.source
            where o.state = given.was order by o.id for update of o)
        update opening o set state = locked.state, since = locked.since, detail = locked.detail from locked where o.id = locked.id
        returning cast(o.request_id as text), o.service, o.protocol, o.ports, o.source""";
    private static final String CLAIM_LATE = """
        with given as (select * from jsonb_to_recordset(cast(cast(?1 as text) as jsonb)) as r (request_id uuid, service text, protocol text, ports text,
            source text, was text)),
        locked as (select o.id from opening o join given on o.request_id = given.request_id and o.service = given.service
            and o.protocol = given.protocol and o.ports = given.ports and o.source = given.source
            where o.state = given.was and o.overdue_told_at is null order by o.id for update of o)
        update opening o set overdue_told_at = cast(?2 as timestamptz) from locked where o.id = locked.id
        returning cast(o.request_id as text), o.service, o.protocol, o.ports, o.source""";
    private static final String LIVE = """
        select cast(request_id as text), service, protocol, ports, source, state, cast(extract(epoch from since) * 1000000 as bigint),
            cast(extract(epoch from granted_at) * 1000000 as bigint), cast(extract(epoch from valid_until) * 1000000 as bigint), coalesce(detail, '')
        from opening where state in ('opening', 'open', 'closing') and """;
    private static final String LIVE_OF_REQUEST = LIVE + " request_id = ?1 order by id for update";
    private static final String LIVE_OF_SERVICE = LIVE + " service = ?1 order by id for update";
    private static final String PAGE = """
        select cast(request_id as text), service, protocol, ports, source, state, cast(extract(epoch from since) * 1000000 as bigint),
            cast(extract(epoch from granted_at) * 1000000 as bigint), cast(extract(epoch from valid_until) * 1000000 as bigint), coalesce(detail, ''), id
        from opening where service = ?1 and id < ?2 order by id desc limit ?3""";
    private static final String NEXT_NUMBERS = """
        insert into reconciliation (service, sequence) values (?1, ?2)
        on conflict (service) do update set sequence = reconciliation.sequence + excluded.sequence
        returning sequence""";

    private final AccountClients clouds;

    OpeningStore(AccountClients clouds) {
        this.clouds = clouds;
    }

    /**
     * The effect of a decision or an end.
     *
     * @param events  to publish in the same transaction
     * @param touched services whose openings changed, so that their reconciler has work
     */
    public record Effect(List<Event> events, Set<ServiceName> touched) {}

    /** A decision: its openings begin, those of the request that it replaces end, all or nothing. */
    public Uni<Effect> apply(Mutiny.Session session, AccessDecided event, Instant now) {
        if (event.outcome() != AccessDecided.Decision.GRANTED) {
            return Uni.createFrom().item(new Effect(List.of(), Set.of()));
        }
        Set<ServiceName> names = OpenGrant.services(event);
        return session.createNativeQuery(HEAR_DECISION, Object[].class).setParameter(1, event.requestId().value())
            .setParameter(2, Rows.time(event.validUntil().orElse(event.decidedAt()))).setParameter(3, Rows.json(names)).getResultList()
            .chain(rows -> {
                String why = (String) rows.get(0)[ServiceStore.COLUMN_COUNT];
                return begin(session, event, ServiceStore.byName(rows), why.isEmpty() ? Optional.empty() : Optional.of(why), now);
            })
            .chain(effect -> event.replaces().isEmpty() ? Uni.createFrom().item(effect)
                : end(session, event.replaces().get(), "replaced", now).map(ended -> joined(effect, ended)));
    }

    private Uni<Effect> begin(Mutiny.Session session, AccessDecided event, Map<ServiceName, ProtectedService> found, Optional<String> endedWhy, Instant now) {
        List<Opening> openings = OpenGrant.decide(event, found, clouds.limits(), endedWhy, now);
        if (openings.isEmpty()) {
            return Uni.createFrom().item(new Effect(List.of(), Set.of()));
        }
        Set<ServiceName> live = new TreeSet<>();
        Map<ServiceName, List<OpeningChange>> over = new TreeMap<>();
        for (Opening opening : openings) {
            if (opening.live()) {
                live.add(opening.granted().service());
            } else {
                over.computeIfAbsent(opening.granted().service(), none -> new ArrayList<>()).add(opening.told());
            }
        }
        String rows = Rows.json(openings.stream().map(opening -> Rows.OpeningRow.of(opening, null)).toList());
        return session.createNativeQuery(INSERT).setParameter(1, rows).executeUpdate()
            .chain(() -> tell(session, event.account(), over, now))
            .map(events -> new Effect(events, live));
    }

    /** An end: what it held closes, and nothing of it will open, should its decision still come. */
    public Uni<Effect> apply(Mutiny.Session session, AccessEnded event, Instant now) {
        return end(session, event.requestId(), event.cause().name().toLowerCase(Locale.ROOT), now);
    }

    private Uni<Effect> end(Mutiny.Session session, AccessRequestId request, String why, Instant now) {
        return session.createNativeQuery(HEAR_END).setParameter(1, request.value()).setParameter(2, Rows.time(now)).setParameter(3, why).executeUpdate()
            .chain(() -> live(session, LIVE_OF_REQUEST, request.value()))
            .chain(openings -> {
                Map<Opening, Opening> ended = new LinkedHashMap<>();
                openings.forEach(opening -> ended.put(opening, opening.onEnded(why, now)));
                return save(session, ended);
            })
            .map(saved -> new Effect(List.of(), touched(saved)));
    }

    /** A service changed: openings that it does not offer any more end, and all of them where it moved to another account. */
    public Uni<Set<ServiceName>> follow(Mutiny.Session session, ProtectedService before, ProtectedService service, Instant now) {
        boolean moved = service.content().isPresent() && !service.account().equals(before.account());
        return live(session, LIVE_OF_SERVICE, service.name().toString()).chain(openings -> {
            Map<Opening, Opening> ended = new LinkedHashMap<>();
            for (Opening opening : openings) {
                Optional<String> why = service.content().isEmpty() ? Optional.of("service-removed: the service is protected no longer")
                    : moved ? Optional.of("account-differs: the service belongs to another account now")
                    : refusal(service.content().get(), opening.granted().access());
                why.ifPresent(reason -> ended.put(opening, opening.onEnded(reason, now)));
            }
            return save(session, ended);
        }).map(OpeningStore::touched);
    }

    private Optional<String> refusal(ServiceContent content, Access access) {
        return content.refusal(access).or(() -> Optional.ofNullable(clouds.limits().get(content.account())).flatMap(limits -> limits.refusal(access, content)));
    }

    /** Saves openings whose row is unchanged since it was read; another writer publishes the others. @return the saved ones */
    public Uni<List<Opening>> save(Mutiny.Session session, Map<Opening, Opening> nextByBefore) {
        List<Rows.OpeningRow> rows = new ArrayList<>();
        Map<String, Opening> byKey = new LinkedHashMap<>();
        nextByBefore.forEach((before, next) -> {
            if (next.state() != before.state()) {
                Rows.OpeningRow row = Rows.OpeningRow.of(next, before.state());
                rows.add(row);
                byKey.put(key(row.requestId(), row.service(), row.protocol(), row.ports(), row.source()), next);
            }
        });
        if (rows.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        return session.createNativeQuery(SAVE, Object[].class).setParameter(1, Rows.json(rows)).getResultList()
            .map(saved -> saved.stream().map(row -> byKey.get(key(row[0], row[1], row[2], row[3], row[4]))).toList());
    }

    /**
     * Notes that these are told of as overdue, before they are told of as closed: their closing came between two sweeps. @return those that no sweep told of
     */
    Uni<List<Opening>> claimLate(Mutiny.Session session, List<Opening> late, Instant now) {
        if (late.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        Map<String, Opening> byKey = new LinkedHashMap<>();
        List<Rows.OpeningRow> rows = late.stream().map(opening -> Rows.OpeningRow.of(opening, opening.state())).toList();
        for (int at = 0; at < rows.size(); at++) {
            Rows.OpeningRow row = rows.get(at);
            byKey.put(key(row.requestId(), row.service(), row.protocol(), row.ports(), row.source()), late.get(at));
        }
        return session.createNativeQuery(CLAIM_LATE, Object[].class).setParameter(1, Rows.json(rows)).setParameter(2, Rows.time(now)).getResultList()
            .map(claimed -> claimed.stream().map(row -> byKey.get(key(row[0], row[1], row[2], row[3], row[4]))).toList());
    }

    private static String key(Object... parts) {
        StringBuilder key = new StringBuilder();
        for (Object part : parts) {
            key.append(part).append(' ');
        }
        return key.toString();
    }

    /** The last of {@code count} fresh numbers of the service's sequence; locks the sequence, so that events leave in the order of their numbers. */
    public Uni<Long> numbers(Mutiny.Session session, ServiceName service, int count) {
        return session.createNativeQuery(NEXT_NUMBERS, Long.class).setParameter(1, service.toString()).setParameter(2, (long) count).getSingleResult();
    }

    private Uni<List<Event>> tell(Mutiny.Session session, AccountName account, Map<ServiceName, List<OpeningChange>> changes, Instant now) {
        Uni<List<Event>> told = Uni.createFrom().item(List.of());
        for (Map.Entry<ServiceName, List<OpeningChange>> entry : changes.entrySet()) {
            FirewallNews news = new FirewallNews(entry.getValue(), List.of());
            told = told.chain(before -> numbers(session, entry.getKey(), news.count()).map(last -> {
                List<Event> all = new ArrayList<>(before);
                all.addAll(news.events(entry.getKey(), account, last, now));
                return all;
            }));
        }
        return told;
    }

    private static Uni<List<Opening>> live(Mutiny.Session session, String query, Object of) {
        return session.createNativeQuery(query, Object[].class).setParameter(1, of).getResultList()
            .map(rows -> rows.stream().map(OpeningStore::opening).toList());
    }

    private static Opening opening(Object[] row) {
        return Rows.opening(UUID.fromString((String) row[0]), (String) row[1], (String) row[2], (String) row[3],
            (String) row[4], (String) row[5], Rows.ofMicros(row[6]), Rows.ofMicros(row[7]), Rows.ofMicros(row[8]), emptyToNull((String) row[9]));
    }

    /** An opening and its place in the order in which openings began. */
    public record Placed(long id, Opening opening) {}

    /** Openings of a service, the latest first, at most {@code limit}, before the place {@code before}. */
    public Uni<List<Placed>> page(Mutiny.Session session, ServiceName service, long before, int limit) {
        return session.createNativeQuery(PAGE, Object[].class).setParameter(1, service.toString()).setParameter(2, before).setParameter(3, limit)
            .getResultList().map(rows -> rows.stream().map(row -> new Placed(((Number) row[10]).longValue(), opening(row))).toList());
    }

    private static String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private static Set<ServiceName> touched(List<Opening> openings) {
        Set<ServiceName> touched = new TreeSet<>();
        openings.forEach(opening -> touched.add(opening.granted().service()));
        return touched;
    }

    private static Effect joined(Effect one, Effect other) {
        List<Event> events = new ArrayList<>(one.events());
        events.addAll(other.events());
        Set<ServiceName> touched = new TreeSet<>(one.touched());
        touched.addAll(other.touched());
        return new Effect(events, touched);
    }
}
