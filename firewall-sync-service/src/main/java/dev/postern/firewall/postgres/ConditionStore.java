// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.postgres;

import dev.postern.events.ServiceName;
import dev.postern.firewall.AttachmentReport.Warning;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Stores what keeps a service from its desired state, and what the provider shows around its attachment. For people; nothing is planned from it. */
@ApplicationScoped
public class ConditionStore {
    private static final int FAILURE_CHARACTERS_MAX = 2_000;
    private static final String FAILED = """
        insert into service_condition (service, failure, failed_at, failing_since) values ($1, $2, $3, $3)
        on conflict (service) do update set failure = excluded.failure, failed_at = excluded.failed_at,
            failing_since = coalesce(service_condition.failing_since, excluded.failing_since)""";
    private static final String SUCCEEDED = "update service_condition set failing_since = null where service = $1 and failing_since is not null";
    private static final String INSPECTED = """
        insert into service_condition (service, wall, warnings, inspected_at, droplets) values ($1, $2, cast(cast($3 as text) as jsonb), $4, $5)
        on conflict (service) do update set wall = excluded.wall, warnings = excluded.warnings, inspected_at = excluded.inspected_at,
            droplets = excluded.droplets""";
    private static final String ACCEPTED = """
        insert into service_condition (service, without_base_firewall) values ($1, $2)
        on conflict (service) do update set without_base_firewall = excluded.without_base_firewall""";
    private static final String OF = """
        select service, failure, failed_at, failing_since, wall, cast(warnings as text), inspected_at from service_condition
        where service = any($1)""";
    private static final String WALLS_MISSING = """
        select count(*) from service_condition c join protected_service s on s.name = c.service where not s.removed and c.wall = 'missing'""";

    private final Pool pool;

    ConditionStore(Pool pool) {
        this.pool = pool;
    }

    /** Says if a Droplet of the attachment has a firewall other than Postern's. */
    public enum Wall {
        /** Every Droplet has a base firewall. */
        PRESENT,
        /** At least one has none. */
        MISSING,
        /** The provider could not be asked. */
        UNKNOWN
    }

    /**
     * The condition of one service.
     *
     * @param failure      the last failure with the provider's words; empty if there was none
     * @param failingSince since when every run failed; empty while runs succeed
     * @param inspectedAt  when the attachment was compared last; empty if it never was
     */
    public record Condition(Optional<String> failure, Optional<Instant> failedAt, Optional<Instant> failingSince, Wall wall, List<Warning> warnings,
                            Optional<Instant> inspectedAt) {
        /** Nothing is known yet. */
        public static final Condition NONE = new Condition(Optional.empty(), Optional.empty(), Optional.empty(), Wall.UNKNOWN, List.of(), Optional.empty());
    }

    /** Notes that a run failed. */
    public Uni<Void> failed(ServiceName service, String failure, Instant at) {
        String text = failure.length() > FAILURE_CHARACTERS_MAX ? failure.substring(0, FAILURE_CHARACTERS_MAX) : failure;
        return pool.preparedQuery(FAILED).execute(Tuple.of(service.toString(), text, Rows.time(at))).replaceWithVoid();
    }

    /** Notes that a run succeeded. */
    public Uni<Void> succeeded(ServiceName service) {
        return pool.preparedQuery(SUCCEEDED).execute(Tuple.of(service.toString())).replaceWithVoid();
    }

    /** Notes whether the operator accepts that a Droplet of the service has no firewall but Postern's. */
    public Uni<Void> withoutBaseFirewall(ServiceName service, boolean accepted) {
        return pool.preparedQuery(ACCEPTED).execute(Tuple.of(service.toString(), accepted)).replaceWithVoid();
    }

    /** Notes what an inspection of the attachment found. @param droplets Droplets that it reaches; empty if they are not known */
    public Uni<Void> inspected(ServiceName service, Wall wall, List<Warning> warnings, Set<Long> droplets, Instant at) {
        return pool.preparedQuery(INSPECTED).execute(Tuple.from(Arrays.asList(service.toString(), wall.name().toLowerCase(java.util.Locale.ROOT),
            Rows.json(warnings), Rows.time(at), droplets.toArray(Long[]::new)))).replaceWithVoid();
    }

    /** Returns the conditions of these services; those of which nothing is known are left out. */
    public Uni<Map<ServiceName, Condition>> of(Collection<ServiceName> services) {
        return pool.preparedQuery(OF).execute(Tuple.of(services.stream().map(ServiceName::toString).toArray(String[]::new))).map(rows -> {
            Map<ServiceName, Condition> found = new HashMap<>();
            rows.forEach(row -> found.put(new ServiceName(row.getString(0)), condition(row)));
            return found;
        });
    }

    private static Condition condition(Row row) {
        return new Condition(Optional.ofNullable(row.getString(1)), instant(row, 2), instant(row, 3),
            Wall.valueOf(row.getString(4).toUpperCase(java.util.Locale.ROOT)), Rows.warnings(row.getString(5)), instant(row, 6));
    }

    private static Optional<Instant> instant(Row row, int column) {
        return Optional.ofNullable(Rows.instant(row.getOffsetDateTime(column)));
    }

    /** Returns how many protected services have a Droplet without a base firewall. */
    public Uni<Long> wallsMissing() {
        return pool.query(WALLS_MISSING).execute().map(rows -> rows.iterator().next().getLong(0));
    }
}
