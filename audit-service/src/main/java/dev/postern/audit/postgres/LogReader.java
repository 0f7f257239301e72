// SPDX-License-Identifier: Apache-2.0
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Reads the log. Commits are in the order of indexes, so that a reader who has seen an entry has seen every one before it. */
@ApplicationScoped
public class LogReader {
    private static final String CHECKPOINT = "select size, root, appended_at from head";
    private static final String SIZE = "select size from head";
    static final String COLUMNS = "e.index, e.leaf, e.appended_at, substring(n.hashes from 1 for 32) as leaf_hash";
    private static final String ONE = "select " + COLUMNS + " from entry e join node n on n.last_leaf = e.index where e.index = $1";
    private static final String KNOWN = "select exists (select from entry where facts @> $1::text[])";

    private final Pool pool;
    private final String origin;

    LogReader(Pool pool, @ConfigProperty(name = "postern.audit.origin") String origin) {
        this.pool = pool;
        this.origin = origin;
    }

    /** Direction of a page. */
    public enum Order {
        /** Oldest first. */
        ASC,
        /** Newest first. */
        DESC
    }

    /** An entry as the log has it. */
    public record Stored(long index, LogEntry entry, Hash leafHash, Instant appendedAt) {}

    /**
     * Some entries.
     *
     * @param entries what was found, in order
     * @param more    whether there is more behind the last of them
     */
    public record LogPage(List<Stored> entries, boolean more) {}

    /** Returns the current checkpoint. */
    public Uni<Checkpoint> checkpoint() {
        return pool.query(CHECKPOINT).execute().map(rows -> {
            Row row = rows.iterator().next();
            return new Checkpoint(origin, row.getLong(0), Hash.of(row.getBuffer(1).getBytes()), row.getOffsetDateTime(2).toInstant());
        });
    }

    /** Returns the number of entries. */
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
    public Uni<LogPage> page(Filter filter, Order order, Optional<Long> after, int limit) {
        return way(filter).chain(way -> {
            EntrySearch.Statement page = EntrySearch.page(filter, way, order, after, limit);
            return pool.preparedQuery(page.sql()).execute(page.parameters());
        }).map(rows -> {
            List<Stored> entries = stored(rows);
            boolean more = rows.size() > 0 && rows.iterator().next().getLong("found") > entries.size();
            return new LogPage(entries, more);
        });
    }

    /** Returns true if any entry has this fact. */
    public Uni<Boolean> knows(Fact fact) {
        return pool.preparedQuery(KNOWN).execute(Tuple.tuple().addArrayOfString(new String[] {fact.word()})).map(rows -> rows.iterator().next().getBoolean(0));
    }

    /** Returns the cheapest way to a page. */
    Uni<EntrySearch.Way> way(Filter filter) {
        return few(filter, EntrySearch.Way.NAMES).chain(byNames -> byNames ? Uni.createFrom().item(EntrySearch.Way.NAMES)
            : few(filter, EntrySearch.Way.TIME).map(byTime -> byTime ? EntrySearch.Way.TIME : EntrySearch.Way.ALONG_THE_LOG));
    }

    private Uni<Boolean> few(Filter filter, EntrySearch.Way way) {
        return EntrySearch.count(filter, way).map(count -> pool.preparedQuery(count.sql()).execute(count.parameters())
            .map(rows -> rows.iterator().next().getLong(0) <= EntrySearch.FEW_MAX)).orElseGet(() -> Uni.createFrom().item(false));
    }

    private static List<Stored> stored(RowSet<Row> rows) {
        List<Stored> entries = new ArrayList<>(rows.size());
        for (Row row : rows) {
            entries.add(new Stored(row.getLong("index"), LogEntry.read(row.getBuffer("leaf").getBytes()), Hash.of(row.getBuffer("leaf_hash").getBytes()),
                row.getOffsetDateTime("appended_at").toInstant()));
        }
        return entries;
    }
}
