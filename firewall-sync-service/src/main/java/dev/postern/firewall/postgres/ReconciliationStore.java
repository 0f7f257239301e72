// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.postgres;

import dev.postern.events.AccountName;
import dev.postern.events.Event;
import dev.postern.events.FirewallChanged.OpeningChange;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.events.Outcome;
import dev.postern.events.ServiceName;
import dev.postern.firewall.FirewallNews;
import dev.postern.firewall.Opening;
import dev.postern.firewall.OpeningTransitions;
import dev.postern.firewall.ProtectedService;
import dev.postern.firewall.budget.CallBudget;
import dev.postern.firewall.plan.Access;
import dev.postern.messaging.Transactions;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.hibernate.reactive.mutiny.Mutiny;

/** Loads the input of a run before it reads the provider, and saves its results. */
@ApplicationScoped
public class ReconciliationStore implements ReconcileStore {
    private static final String SERVICE = "select " + ServiceStore.COLUMNS + " from protected_service where name = $1";
    private static final String OPENINGS = """
        select request_id, protocol, ports, source, state, since, granted_at, valid_until, detail
        from opening where service = $1 and state in ('opening', 'open', 'closing')""";
    private static final String OBJECTS = """
        select account, name, object_id, leaving, asked, made_at, first_made_at, digests from firewall_object where service = $1 order by name""";
    private static final String GONE = """
        select account, name, object_id from firewall_object_gone where service = $1 and gone_at > now() - interval '1 day' order by gone_at desc limit 10""";
    private static final String STANDING = """
        select r.applied_version, cast(r.drift_pending as text), r.outcome, coalesce(c.wall = 'missing' and not c.without_base_firewall, false)
        from reconciliation r left join service_condition c on c.service = r.service where r.service = $1""";
    /** Never over a row with an id: that object is there, whatever a listing missed. */
    private static final String NOTE_CREATING = """
        insert into firewall_object (account, name, service, asked, made_at, first_made_at, digests) values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (account, name) do update set leaving = false, asked = excluded.asked, noted_at = now(), made_at = excluded.made_at,
            first_made_at = excluded.first_made_at, digests = excluded.digests
        where firewall_object.object_id is null returning 1""";
    private static final String NOTE_ANSWERED = """
        update firewall_object set object_id = coalesce($3, object_id), leaving = false, digests = $4, noted_at = now() where account = $1 and name = $2""";
    private static final String FORGET_REFUSED = "delete from firewall_object where account = $1 and name = $2 and object_id is null";
    private static final String NOTE_LEAVING = "update firewall_object set leaving = true, noted_at = now() where account = $1 and object_id = $2";
    private static final String NOTE_ASKED = "update firewall_object set asked = $3, noted_at = now() where account = $1 and name = $2";
    private static final String NOTE_LOST = """
        update firewall_object set object_id = null, leaving = false, noted_at = now() where account = $1 and name = $2""";
    private static final String FORGET = "delete from firewall_object where account = $1 and name = $2";
    private static final String NOTE_GONE = """
        with gone as (delete from firewall_object where account = $1 and name = $2 and object_id = $3)
        insert into firewall_object_gone (account, name, object_id, service) values ($1, $2, $3, $4)
        on conflict (account, object_id) do update set gone_at = now()""";
    private static final String NOTE_FOUND = """
        with found as (delete from firewall_object_gone where account = $1 and object_id = $3)
        insert into firewall_object (account, name, object_id, service) values ($1, $2, $3, $4)
        on conflict (account, name) do update set object_id = excluded.object_id, leaving = false, digests = '' where firewall_object.object_id is null""";
    /** Those of others are told apart from ours by id, over all services; a row without an id may be one of these. */
    private static final String NOTE_NOBODYS = """
        with shown as (select key as object_id, value as name from jsonb_each_text(cast(cast($2 as text) as jsonb))),
        forgotten as (delete from object_of_nobody where account = $1 and object_id not in (select object_id from shown))
        insert into object_of_nobody (account, object_id, name, seen_at)
        select $1, shown.object_id, left(shown.name, 255), $3 from shown
        where not exists (select from firewall_object o where o.account = $1 and (o.object_id = shown.object_id or o.object_id is null and o.name = shown.name))
        on conflict (account, object_id) do update set seen_at = excluded.seen_at, name = excluded.name""";
    private static final String SAY = """
        insert into reconciliation (service, last_run, outcome, detail, budget_limit, budget_remaining, budget_reset_at)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict (service) do update
        set last_run = excluded.last_run, outcome = excluded.outcome, detail = excluded.detail, budget_limit = excluded.budget_limit,
            budget_remaining = excluded.budget_remaining, budget_reset_at = excluded.budget_reset_at""";
    private static final String SETTLE = """
        update reconciliation set sequence = sequence + ?3, applied_version = ?4, drift_pending = '[]',
            drift = case when drift_pending = '[]' then drift else drift_pending end,
            drift_at = case when drift_pending = '[]' then drift_at else ?5 end, last_run = ?5, outcome = 'settled', detail = null,
            budget_limit = nullif(?6, -1), budget_remaining = nullif(?7, -1), budget_reset_at = nullif(?8, to_timestamp(0))
        where service = ?1 and """ + " " + Ownership.FENCE + " returning sequence";
    private static final String SETTLE_PART = """
        update reconciliation set sequence = sequence + ?3, budget_limit = nullif(?6, -1), budget_remaining = nullif(?7, -1),
            budget_reset_at = nullif(?8, to_timestamp(0)), last_run = ?5, applied_version = least(applied_version, ?4)
        where service = ?1 and """ + " " + Ownership.FENCE + " returning sequence";
    private static final String EVER_GRANTED = """
        select o.protocol, o.ports, o.source, max(o.since) from opening o
        join jsonb_to_recordset(cast(cast($2 as text) as jsonb)) as row (protocol text, ports text, source text)
            on o.protocol = row.protocol and o.ports = row.ports and o.source = row.source
        where o.service = $1 and o.state <> 'failed' group by o.protocol, o.ports, o.source""";
    /**
     * Live openings of other services that name a tag or Droplet of this one's attachment, or reached one of its Droplets at the last inspection, through the
     * same ports and for a source that overlaps.
     */
    private static final String HELD_ELSEWHERE = """
        with other as (
            select s.name from protected_service s join protected_service mine on mine.name = ?1
            where s.name <> ?1 and not s.removed and s.content ->> 'account' = mine.content ->> 'account' and (exists (
                select from jsonb_each(s.content -> 'attachment') theirs join jsonb_each(mine.content -> 'attachment') ours on theirs.key = ours.key
                where exists (select from jsonb_array_elements(theirs.value) one where ours.value @> one))
                or exists (select from service_condition theirs join service_condition ours on theirs.droplets && ours.droplets
                where theirs.service = s.name and ours.service = ?1))),
        closing as (select * from jsonb_to_recordset(cast(cast(?2 as text) as jsonb)) as row (protocol text, ports text, source text))
        select c.protocol, c.ports, c.source, min(o.service) from opening o join other on other.name = o.service
        join closing c on c.protocol = o.protocol and cast(c.source as inet) && cast(o.source as inet)
            and int4range(cast(split_part(c.ports, '-', 1) as int), cast(reverse(split_part(reverse(c.ports), '-', 1)) as int), '[]')
                && int4range(cast(split_part(o.ports, '-', 1) as int), cast(reverse(split_part(reverse(o.ports), '-', 1)) as int), '[]')
        where o.state in ('opening', 'open') group by c.protocol, c.ports, c.source""";
    private static final int HELD_ASKED_MAX = 200;
    private static final String FOUND_DRIFT = """
        update reconciliation set sequence = sequence + ?3, drift_pending = cast(cast(?4 as text) as jsonb) where service = ?1 and """ + " " + Ownership.FENCE
        + " returning sequence";
    private static final String DUE = """
        select service from opening where state in ('opening', 'open') and valid_until <= now()
        union select service from opening where state in ('opening', 'closing') and since <= now() - interval '3 seconds'""";
    private static final String ALL = """
        select name from protected_service where not removed union select service from firewall_object
        union select service from firewall_object_gone where gone_at > now() - interval '1 day'
        union select service from opening where state in ('opening', 'open', 'closing')""";
    private static final String REPORT = """
        select r.service, coalesce(cast(s.content as jsonb) ->> 'account', ''), r.last_run, r.outcome, r.detail, cast(r.drift_pending as text),
            cast(r.drift as text), r.drift_at, r.budget_limit, r.budget_remaining, r.budget_reset_at,
            (select count(*) from opening o where o.service = r.service and o.state in ('opening', 'closing')),
            (select count(*) from opening o where o.service = r.service and (o.state = 'closing' and o.since < $3
                or o.state in ('opening', 'open') and o.valid_until < $3)),
            (select coalesce(sum(c.calls), 0) from provider_call c where c.service = r.service and c.slot > now() - interval '1 hour')
        from reconciliation r join protected_service s on s.name = r.service where r.service > $1 order by r.service limit $2""";

    private final Pool pool;
    private final Transactions transactions;
    private final OpeningStore openings;
    private final Ownership ownership;
    private final Duration overdueAfter;

    ReconciliationStore(Pool pool, Transactions transactions, OpeningStore openings, Ownership ownership,
                        @ConfigProperty(name = "postern.reconcile.overdue-after", defaultValue = "60s") Duration overdueAfter) {
        this.overdueAfter = overdueAfter;
        this.pool = pool;
        this.transactions = transactions;
        this.openings = openings;
        this.ownership = ownership;
    }

    /** Five reads in one round trip, for they are sent on one connection without waiting for each other. */
    @Override
    public Uni<Snapshot> load(ServiceName name) {
        Tuple key = Tuple.of(name.toString());
        return pool.withConnection(one -> Uni.combine().all().unis(one.preparedQuery(SERVICE).execute(key), one.preparedQuery(OPENINGS).execute(key),
            one.preparedQuery(OBJECTS).execute(key), one.preparedQuery(GONE).execute(key), one.preparedQuery(STANDING).execute(key)).asTuple())
            .map(rows -> {
                Row standing = rows.getItem5().size() == 0 ? null : rows.getItem5().iterator().next();
                return new Snapshot(service(name, rows.getItem1()), openings(name, rows.getItem2()), objects(rows.getItem3()), gone(rows.getItem4()),
                    standing == null ? 0 : standing.getLong(0), standing == null ? List.of() : Rows.lines(standing.getString(1)),
                    standing == null ? Optional.empty() : Optional.ofNullable(standing.getString(2)),
                    standing != null && standing.getBoolean(3));
            });
    }

    private static ProtectedService service(ServiceName name, RowSet<Row> rows) {
        if (rows.size() == 0) {
            return new ProtectedService.Unprotected(name, 0, Optional.empty());
        }
        Row row = rows.iterator().next();
        Object[] columns = new Object[ServiceStore.COLUMN_COUNT];
        for (int at = 0; at < columns.length; at++) {
            columns[at] = row.getValue(at);
        }
        return ServiceStore.service(columns);
    }

    private static List<Opening> openings(ServiceName name, RowSet<Row> rows) {
        List<Opening> openings = new ArrayList<>(rows.size());
        for (Row row : rows) {
            openings.add(Rows.opening(row.getUUID(0), name.toString(), row.getString(1), row.getString(2), row.getString(3), row.getString(4),
                Rows.instant(row.getOffsetDateTime(5)), Rows.instant(row.getOffsetDateTime(6)), Rows.instant(row.getOffsetDateTime(7)), row.getString(8)));
        }
        return openings;
    }

    private static List<ManagedObject> objects(RowSet<Row> rows) {
        List<ManagedObject> objects = new ArrayList<>(rows.size());
        for (Row row : rows) {
            objects.add(new ManagedObject(new AccountName(row.getString(0)), row.getString(1), Optional.ofNullable(row.getString(2)), row.getBoolean(3),
                row.getBoolean(4), Rows.instant(row.getOffsetDateTime(5)), Rows.instant(row.getOffsetDateTime(6)), digests(row.getString(7))));
        }
        return objects;
    }

    private static List<String> digests(String joined) {
        return joined.isEmpty() ? List.of() : List.of(joined.split(","));
    }

    private static List<GoneObject> gone(RowSet<Row> rows) {
        List<GoneObject> gone = new ArrayList<>();
        rows.forEach(row -> gone.add(new GoneObject(new AccountName(row.getString(0)), row.getString(1), row.getString(2))));
        return gone;
    }

    @Override
    public Uni<Boolean> noteCreating(ServiceName service, ManagedObject object) {
        return pool.preparedQuery(NOTE_CREATING).execute(Tuple.from(List.of(object.account().toString(), object.name(), service.toString(), object.asked(),
            Rows.time(object.madeAt()), Rows.time(object.firstMadeAt()), String.join(",", object.digests())))).map(rows -> rows.size() > 0);
    }

    @Override
    public Uni<Void> noteAnswered(ManagedObject object) {
        if (object.id().isEmpty() && object.digests().isEmpty()) {
            return pool.preparedQuery(FORGET_REFUSED).execute(Tuple.of(object.account().toString(), object.name())).replaceWithVoid();
        }
        return pool.preparedQuery(NOTE_ANSWERED).execute(Tuple.of(object.account().toString(), object.name(), object.id().orElse(null),
            String.join(",", object.digests()))).replaceWithVoid();
    }

    @Override
    public Uni<Void> noteGone(ServiceName service, GoneObject object) {
        return pool.preparedQuery(NOTE_GONE).execute(Tuple.of(object.account().toString(), object.name(), object.id(), service.toString())).replaceWithVoid();
    }

    @Override
    public Uni<Void> noteFound(ServiceName service, GoneObject object) {
        return pool.preparedQuery(NOTE_FOUND).execute(Tuple.of(object.account().toString(), object.name(), object.id(), service.toString())).replaceWithVoid();
    }

    @Override
    public Uni<Void> noteNobodys(AccountName account, Map<String, String> nameById, Instant at) {
        return pool.preparedQuery(NOTE_NOBODYS).execute(Tuple.of(account.toString(), Rows.json(nameById), Rows.time(at))).replaceWithVoid();
    }

    /** An object that is named like ours and that no row knows. */
    public record NobodysObject(AccountName account, String name, String id, Instant seenAt) {}

    /** Returns objects without an owner, in all accounts, at most a thousand. */
    public Uni<List<NobodysObject>> objectsOfNobody() {
        return pool.query("select account, name, object_id, seen_at from object_of_nobody order by account, name limit 1000").execute().map(rows -> {
            List<NobodysObject> all = new ArrayList<>();
            rows.forEach(row -> all.add(new NobodysObject(new AccountName(row.getString(0)), row.getString(1), row.getString(2),
                Rows.instant(row.getOffsetDateTime(3)))));
            return all;
        });
    }

    @Override
    public Uni<Void> noteLeaving(AccountName account, String id) {
        return pool.preparedQuery(NOTE_LEAVING).execute(Tuple.of(account.toString(), id)).replaceWithVoid();
    }

    @Override
    public Uni<Void> noteAsked(AccountName account, String name, boolean asked) {
        return pool.preparedQuery(NOTE_ASKED).execute(Tuple.of(account.toString(), name, asked)).replaceWithVoid();
    }

    @Override
    public Uni<Void> noteLost(AccountName account, String name) {
        return pool.preparedQuery(NOTE_LOST).execute(Tuple.of(account.toString(), name)).replaceWithVoid();
    }

    @Override
    public Uni<Void> forget(AccountName account, String name) {
        return pool.preparedQuery(FORGET).execute(Tuple.of(account.toString(), name)).replaceWithVoid();
    }

    /** Returns the detail of openings that close while another service allows the same source, for the first of many. */
    private static Uni<Map<Opening, Opening>> heldElsewhere(Mutiny.Session session, ServiceName service, Map<Opening, Opening> changed) {
        List<Rows.AccessRow> closing = changed.values().stream().filter(Opening.Closed.class::isInstance).limit(HELD_ASKED_MAX)
            .map(opening -> Rows.AccessRow.of(opening.granted().access())).toList();
        if (closing.isEmpty()) {
            return Uni.createFrom().item(changed);
        }
        return session.createNativeQuery(HELD_ELSEWHERE, Object[].class).setParameter(1, service.toString()).setParameter(2, Rows.json(closing))
            .getResultList().map(rows -> {
                Map<Access, ServiceName> holders = new HashMap<>();
                rows.forEach(row -> holders.put(Rows.access((String) row[0], (String) row[1], (String) row[2]), new ServiceName((String) row[3])));
                return OpeningTransitions.heldElsewhere(changed, holders);
            });
    }

    @Override
    public Uni<FirewallNews> settle(Snapshot snapshot, AccountName account, Map<Opening, Opening> changed, boolean whole, Instant shownAt,
                                    CallBudget budget) {
        ServiceName service = snapshot.service().name();
        List<Opening> late = OpeningTransitions.late(
            changed.entrySet().stream().filter(entry -> entry.getValue().state() == OpeningState.CLOSED).map(Map.Entry::getKey)
                .toList(),
            shownAt.minus(overdueAfter));
        return transactions.decide(session -> heldElsewhere(session, service, changed)
            .chain(said -> openings.claimLate(session, late, shownAt).chain(overdue -> openings.save(session, said).chain(saved -> {
                Set<Opening.Granted> closed = saved.stream().map(Opening::granted).collect(Collectors.toSet());
                List<OpeningChange> changes = new ArrayList<>();
                overdue.stream().filter(opening -> closed.contains(opening.granted())).forEach(opening -> changes.add(OpeningTransitions.overdue(opening)));
                saved.forEach(opening -> changes.add(opening.told()));
                FirewallNews news = new FirewallNews(changes, whole ? snapshot.driftPending() : List.of());
                return session.createNativeQuery(whole ? SETTLE : SETTLE_PART, Long.class)
                    .setParameter(1, service.toString()).setParameter(2, ownership.backend()).setParameter(3, news.count())
                    .setParameter(4, snapshot.service().version()).setParameter(5, Rows.time(shownAt))
                    .setParameter(6, budget.limit().orElse(-1)).setParameter(7, budget.remaining().orElse(-1))
                    .setParameter(8, Rows.time(budget.resetAt() == null ? Instant.EPOCH : budget.resetAt()))
                    .getSingleResultOrNull().map(last -> told(service, account, news, last, shownAt));
            }))));
    }

    @Override
    public Uni<FirewallNews> foundDrift(ServiceName service, AccountName account, List<String> lines, Map<Opening, Opening> lost, Instant shownAt) {
        return transactions.decide(session -> openings.save(session, lost).chain(saved -> {
            FirewallNews news = new FirewallNews(saved.stream().map(Opening::told).toList(), List.of());
            return session.createNativeQuery(FOUND_DRIFT, Long.class)
                .setParameter(1, service.toString()).setParameter(2, ownership.backend()).setParameter(3, news.count()).setParameter(4, Rows.json(lines))
                .getSingleResultOrNull().map(last -> told(service, account, news, last, shownAt));
        }));
    }

    @Override
    public Uni<Map<Access, Instant>> everGranted(ServiceName service, Set<Access> accesses) {
        String rows = Rows.json(accesses.stream().map(Rows.AccessRow::of).toList());
        return pool.preparedQuery(EVER_GRANTED).execute(Tuple.of(service.toString(), rows)).map(found -> {
            Map<Access, Instant> known = new HashMap<>();
            found.forEach(row -> known.put(Rows.access(row.getString(0), row.getString(1), row.getString(2)), Rows.instant(row.getOffsetDateTime(3))));
            return known;
        });
    }

    private static Outcome<FirewallNews> told(ServiceName service, AccountName account, FirewallNews news, Long last, Instant shownAt) {
        if (last == null) {
            throw new OwnershipLost();
        }
        List<Event> events = news.events(service, account, last, shownAt);
        return new Outcome<>(news, events);
    }

    /** Saves the outcome of a run. */
    public Uni<Void> say(ServiceName service, Instant at, String outcome, String detail, CallBudget budget) {
        return pool.preparedQuery(SAY).execute(Tuple.from(Arrays.asList(service.toString(), Rows.time(at), outcome, detail,
            budget.limit().isPresent() ? budget.limit().getAsLong() : null, budget.remaining().isPresent() ? budget.remaining().getAsLong() : null,
            Rows.time(budget.resetAt())))).replaceWithVoid();
    }

    /** Services that have an opening past its end, or one that has been waiting for the provider for seconds, perhaps since its process died. */
    public Uni<Set<ServiceName>> due() {
        return pool.query(DUE).execute().map(ReconciliationStore::names);
    }

    /** Services that have anything to reconcile. */
    public Uni<Set<ServiceName>> all() {
        return pool.query(ALL).execute().map(ReconciliationStore::names);
    }

    private static Set<ServiceName> names(RowSet<Row> rows) {
        Set<ServiceName> names = new LinkedHashSet<>();
        rows.forEach(row -> names.add(new ServiceName(row.getString(0))));
        return names;
    }

    /** The status of a service, for operators. */
    public record ServiceStatus(ServiceName service, String account, Instant lastRun, String outcome, String detail,
                                List<String> driftPending, List<String> drift,
                                Instant driftAt, Long budgetLimit, Long budgetRemaining, Instant budgetResetAt, long unsettled, long overdue,
                                long callsLastHour) {}

    /**
     * Returns the status of services ordered by name, at most {@code limit}, after {@code after}.
     *
     * @param over accesses that ended before this moment are overdue
     */
    public Uni<List<ServiceStatus>> report(String after, int limit, Instant over) {
        return pool.preparedQuery(REPORT).execute(Tuple.of(after, limit, Rows.time(over))).map(rows -> {
            List<ServiceStatus> report = new ArrayList<>();
            rows.forEach(row -> report.add(new ServiceStatus(new ServiceName(row.getString(0)), row.getString(1), Rows.instant(row.getOffsetDateTime(2)),
                row.getString(3), row.getString(4), Rows.lines(row.getString(5)), Rows.lines(row.getString(6)), Rows.instant(row.getOffsetDateTime(7)),
                row.getLong(8), row.getLong(9), Rows.instant(row.getOffsetDateTime(10)), row.getLong(11), row.getLong(12), row.getLong(13))));
            return report;
        });
    }
}
