package dev.postern.audit.postgres;

import dev.postern.audit.Checkpoint;
import dev.postern.audit.Fact;
import dev.postern.audit.Filter;
import dev.postern.audit.Hash;
import dev.postern.audit.LogEntry;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Reads the log. Commits are in the order of indexes, so that a reader who has seen an entry has seen every one before it. */
@ApplicationScoped
public class LogReader {
    private static final String CHECKPOINT = "select size, root, appended_at from head";
    private static final String SIZE = "select size from head";
    private static final String COLUMNS = "e.index, e.leaf, e.appended_at, substring(n.hashes from 1 for 32) as leaf_hash";
    private static final String ONE = "select " + COLUMNS + " from entry e join node n on n.last_leaf = e.index where e.index = $1";
    /** However many entries are asked for, their leaves together stay below this by no more than one of them. */
    private static final long PAGE_BYTES_MAX = 2_000_000;

    private final Pool pool;
    private final String origin;

    LogReader(Pool pool, @ConfigProperty(name = "postern.audit.origin") String origin) {
        this.pool = pool;
        this.origin = origin;
    }

    /** Which way a page goes. */
    public enum Order {
        /** Oldest first. */
        ASC,
        /** Newest first. */
        DESC
    }

    /** An entry as the log has it. */
    public record Stored(long index, LogEntry entry, Hash leafHash, Instant appendedAt) { }

    /**
     * Some entries.
     *
     * @param entries what was found, in order
     * @param more    whether there is more behind the last of them
     */
    public record Page(List<Stored> entries, boolean more) { }

    /** What the log is now. */
    public Uni<Checkpoint> checkpoint() {
        return pool.query(CHECKPOINT).execute().map(rows -> {
            Row row = rows.iterator().next();
            return new Checkpoint(origin, row.getLong(0), Hash.of(row.getBuffer(1).getBytes()), row.getOffsetDateTime(2).toInstant());
        });
    }

    /** How many entries there are. */
    public Uni<Long> size() {
        return pool.query(SIZE).execute().map(rows -> rows.iterator().next().getLong(0));
    }

    /** The entry with that index. */
    public Uni<Optional<Stored>> entry(long index) {
        return pool.preparedQuery(ONE).execute(Tuple.of(index)).map(rows -> stored(rows).stream().findFirst());
    }

    /**
     * A page of what a filter finds.
     *
     * @param after the index behind which the page begins (in front of which, for {@link Order#DESC}); empty for the beginning
     * @param limit how many at most; fewer if they are large
     */
    public Uni<Page> page(Filter filter, Order order, Optional<Long> after, int limit) {
        List<String> conditions = new ArrayList<>();
        Tuple parameters = Tuple.tuple();
        after.ifPresent(index -> conditions.add("index " + (order == Order.ASC ? ">" : "<") + " $" + next(parameters.addLong(index))));
        if (!filter.facts().isEmpty()) {
            String[] words = filter.facts().stream().map(Fact::word).toArray(String[]::new);
            conditions.add("facts @> $" + next(parameters.addArrayOfString(words)) + "::text[]");
        }
        filter.from().ifPresent(from -> conditions.add("event_time >= $" + next(parameters.addOffsetDateTime(utc(from)))));
        filter.to().ifPresent(to -> conditions.add("event_time < $" + next(parameters.addOffsetDateTime(utc(to)))));
        String where = conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions);
        String by = " order by index " + order.name().toLowerCase(java.util.Locale.ROOT);
        String sql = "with found as (select index, octet_length(leaf) as bytes from entry" + where + by
            + " limit $" + next(parameters.addInteger(limit + 1)) + "), page as (select index, count(*) over () as found, row_number() over (" + by
            + ") as place, sum(bytes) over (" + by + ") - bytes as bytes_before from found)"
            + " select " + COLUMNS + ", p.found from page p join entry e on e.index = p.index join node n on n.last_leaf = p.index"
            + " where p.place <= $" + next(parameters.addInteger(limit)) + " and p.bytes_before < $" + next(parameters.addLong(PAGE_BYTES_MAX))
            + " order by e.index " + order.name().toLowerCase(java.util.Locale.ROOT);
        return pool.preparedQuery(sql).execute(parameters).map(rows -> {
            List<Stored> entries = stored(rows);
            boolean more = rows.size() > 0 && rows.iterator().next().getLong("found") > entries.size();
            return new Page(entries, more);
        });
    }

    private static int next(Tuple parameters) {
        return parameters.size();
    }

    private static List<Stored> stored(RowSet<Row> rows) {
        List<Stored> entries = new ArrayList<>(rows.size());
        for (Row row : rows) {
            entries.add(new Stored(row.getLong("index"), LogEntry.read(row.getBuffer("leaf").getBytes()), Hash.of(row.getBuffer("leaf_hash").getBytes()),
                row.getOffsetDateTime("appended_at").toInstant()));
        }
        return entries;
    }

    private static OffsetDateTime utc(Instant instant) {
        return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
    }
}
