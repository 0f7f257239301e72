// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.postgres;

import dev.postern.events.Outcome;
import dev.postern.events.ServiceName;
import dev.postern.firewall.ProtectedService;
import dev.postern.firewall.plan.ServiceContent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.hibernate.reactive.mutiny.Mutiny;

/** Protected services: every method works in the caller's transaction. */
@ApplicationScoped
public class ServiceStore {
    /** Columns that {@link #service} reads. */
    static final String COLUMNS = "name, version, removed, cast(content as text), changed_by, cast(extract(epoch from protected_at) * 1000000 as bigint)";
    /** Number of those columns. */
    static final int COLUMN_COUNT = 6;
    private static final String ONE = "select " + COLUMNS + " from protected_service where name = ?1";
    private static final String AFTER = "select " + COLUMNS + " from protected_service where not removed and name > ?1 order by name limit ?2";
    private static final String PLACE = """
        insert into protected_service (name, version, removed, content, changed_by, protected_at)
        values (?1, 0, true, cast('null' as jsonb), '', to_timestamp(0)) on conflict (name) do nothing""";
    private static final String SAVE = """
        update protected_service set version = ?2, removed = ?3, content = coalesce(cast(nullif(?4, '') as jsonb), content), changed_by = ?5,
            protected_at = ?6 where name = ?1""";
    private static final String STAND = "insert into reconciliation (service) values (?1) on conflict (service) do nothing";

    /** The service of that name, protected or not. */
    public Uni<ProtectedService> find(Mutiny.Session session, ServiceName name) {
        return session.createNativeQuery(ONE, Object[].class).setParameter(1, name.toString()).getSingleResultOrNull()
            .map(row -> row == null ? new ProtectedService.Unprotected(name, 0, Optional.empty()) : service(row));
    }

    /** Protected services in the order of their names, at most {@code limit}, after {@code after}. */
    public Uni<List<ProtectedService>> after(Mutiny.Session session, String after, int limit) {
        return session.createNativeQuery(AFTER, Object[].class).setParameter(1, after).setParameter(2, limit).getResultList()
            .map(rows -> rows.stream().map(ServiceStore::service).toList());
    }

    /** Loads the service with lock, decides, saves. */
    public Uni<Change> change(Mutiny.Session session, ServiceName name, String by, Instant now,
                              Function<ProtectedService, Outcome<ProtectedService>> decision) {
        return session.createNativeQuery(PLACE).setParameter(1, name.toString()).executeUpdate()
            .chain(() -> session.createNativeQuery(ONE + " for update", Object[].class).setParameter(1, name.toString()).getSingleResult())
            .chain(row -> {
                ProtectedService before = service(row);
                Outcome<ProtectedService> outcome = decision.apply(before);
                Change change = new Change(before, outcome);
                return outcome.events().isEmpty() ? Uni.createFrom().item(change) : save(session, outcome.next(), by, now).replaceWith(change);
            });
    }

    /** The state before a change, and the outcome of the decision. */
    public record Change(ProtectedService before, Outcome<ProtectedService> outcome) {}

    private static Uni<Integer> save(Mutiny.Session session, ProtectedService next, String by, Instant now) {
        return session.createNativeQuery(SAVE).setParameter(1, next.name().toString()).setParameter(2, next.version())
            .setParameter(3, next.content().isEmpty()).setParameter(4, next.content().map(Rows::json).orElse("")).setParameter(5, by)
            .setParameter(6, Rows.time(now)).executeUpdate()
            .chain(() -> session.createNativeQuery(STAND).setParameter(1, next.name().toString()).executeUpdate());
    }

    /** The services of rows that begin with {@link #COLUMNS}; a row without a name is no service. */
    static Map<ServiceName, ProtectedService> byName(List<Object[]> rows) {
        Map<ServiceName, ProtectedService> found = new TreeMap<>();
        rows.stream().filter(row -> row[0] != null).map(ServiceStore::service).forEach(service -> found.put(service.name(), service));
        return found;
    }

    static ProtectedService service(Object[] row) {
        ServiceName name = new ServiceName((String) row[0]);
        long version = ((Number) row[1]).longValue();
        Optional<ServiceContent> said = Rows.content((String) row[3]);
        if ((Boolean) row[2] || said.isEmpty()) {
            return new ProtectedService.Unprotected(name, version, said.map(ServiceContent::account));
        }
        return new ProtectedService.Protected(name, version, said.get(), (String) row[4],
            Rows.ofMicros(row[5]));
    }
}
