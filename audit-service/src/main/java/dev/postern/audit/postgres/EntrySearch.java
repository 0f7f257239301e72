// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.postgres;

import dev.postern.audit.Fact;
import dev.postern.audit.Filter;
import dev.postern.audit.postgres.LogReader.Order;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Writes the statements of a search. PostgreSQL guesses wrong how many entries fit a filter, so that is decided here: a filter that few entries fit is
 * answered from its index, never by walking the log until a page is full; and a wide window of time is answered block by block, never by walking through
 * what lies outside of it. Limits are part of the text, because the planner reckons with them.
 */
final class EntrySearch {
    /** A filter that more entries fit is answered by walking the log: the next page of it is near. */
    static final int FEW_MAX = 10_000;
    /** However many entries are asked for, their leaves together stay below this by no more than one of them. */
    private static final long PAGE_BYTES_MAX = 2_000_000;
    private static final int BLOCK = 1_024;
    private static final String OF_ENTRY = "exists (select from entry_address a where a.index = e.index and a.address && $%d::text::inet)";

    private final Filter filter;
    private final Tuple parameters = Tuple.tuple();

    /** A statement with its parameters. */
    record Statement(String sql, Tuple parameters) {}

    private EntrySearch(Filter filter) {
        this.filter = filter;
    }

    /** Query plan for a page. */
    enum Way {
        /** From an index of the facts or of the addresses, which few entries fit. */
        NAMES,
        /** From the index of times: few entries happened in the window. */
        TIME,
        /** Along the log, leaving out blocks that lie outside of the window. */
        ALONG_THE_LOG
    }

    /**
     * Returns the statement that counts the entries that are read the given way, up to one more than {@link #FEW_MAX}; empty where the filter does not go
     * by what that way needs.
     */
    static Optional<Statement> count(Filter filter, Way way) {
        if (way == Way.NAMES ? !filter.names() : way == Way.TIME ? !filter.inTime() : true) {
            return Optional.empty();
        }
        EntrySearch search = new EntrySearch(filter);
        return Optional.of(new Statement("select count(*) from (select from entry e" + where(search.candidates(way)) + " limit " + (FEW_MAX + 1)
            + ") as few", search.parameters));
    }

    /**
     * Returns the statement of a page: columns of {@link LogReader}, and in {@code found} how many entries there were up to one more than the limit.
     *
     * @param way   how it is found; {@link Way#NAMES} and {@link Way#TIME} only where {@link #count} found at most {@link #FEW_MAX}
     * @param after the index behind which the page begins (in front of which, for {@link Order#DESC}); empty for the beginning
     */
    static Statement page(Filter filter, Way way, Order order, Optional<Long> after, int limit) {
        EntrySearch search = new EntrySearch(filter);
        String direction = " " + order.name().toLowerCase(Locale.ROOT);
        String found = way != Way.ALONG_THE_LOG ? search.amongFew(way, order, after, limit)
            : filter.inTime() ? search.blockByBlock(order, after, limit)
            : "select index, octet_length(leaf) as bytes from entry e" + where(search.conditions(order, after)) + " order by index" + direction
                + " limit " + (limit + 1);
        String by = " order by index" + direction;
        String sql = "with found as materialized (" + found + "), page as (select index, count(*) over () as found, row_number() over (" + by
            + ") as place, sum(bytes) over (" + by + ") - bytes as bytes_before from found)"
            + " select " + LogReader.COLUMNS + ", p.found from page p join entry e on e.index = p.index join node n on n.last_leaf = p.index"
            + " where p.place <= " + limit + " and p.bytes_before < " + PAGE_BYTES_MAX + " order by e.index" + direction;
        return new Statement(sql, search.parameters);
    }

    /** Conditions that an index answers. */
    private List<String> candidates(Way way) {
        return way == Way.TIME ? inWindow() : fitting("e.index in (select index from entry_address where address && $%d::text::inet)");
    }

    private String amongFew(Way way, Order order, Optional<Long> after, int limit) {
        // Materialized, so that the order does not tempt the planner to walk the log.
        String few = "with few as materialized (select e.index, e.event_time, e.facts, octet_length(e.leaf) as bytes from entry e"
            + where(candidates(way)) + ") select e.index, e.bytes from few e";
        List<String> rest = beyond("e.index", order, after);
        rest.addAll(way == Way.TIME ? fitting(OF_ENTRY) : inWindow());
        return few + where(rest) + " order by e.index " + order.name().toLowerCase(Locale.ROOT) + " limit " + (limit + 1);
    }

    /** The last block is not complete and has no row; any other that lies outside the window is left out. */
    private String blockByBlock(Order order, Optional<Long> after, int limit) {
        String direction = " " + order.name().toLowerCase(Locale.ROOT);
        List<String> overlap = new ArrayList<>();
        filter.from().ifPresent(from -> overlap.add("time_max >= $" + next(parameters.addOffsetDateTime(utc(from)))));
        filter.to().ifPresent(to -> overlap.add("time_min < $" + next(parameters.addOffsetDateTime(utc(to)))));
        String blocks = "select first from entry_block" + where(overlap) + " union all select coalesce(max(first) + " + BLOCK + ", 0) from entry_block";
        String reachable = after.map(index -> " where first " + (order == Order.ASC ? "> $" : "<= $")
            + next(parameters.addLong(order == Order.ASC ? index - BLOCK : index))).orElse("");
        List<String> conditions = conditions(order, after);
        conditions.add(0, "e.index >= b.first and e.index < b.first + " + BLOCK);
        conditions.addAll(inWindow());
        String most = " limit " + (limit + 1);
        return "select i.index, i.bytes from (select first from (" + blocks + ") as all_blocks" + reachable + " order by first" + direction + ") as b"
            + " cross join lateral (select e.index, octet_length(e.leaf) as bytes from entry e" + where(conditions) + " order by e.index" + direction
            + most + ") as i order by b.first" + direction + ", i.index" + direction + most;
    }

    /** Returns the conditions of a scan along the log: all but the time window. */
    private List<String> conditions(Order order, Optional<Long> after) {
        List<String> conditions = beyond("e.index", order, after);
        conditions.addAll(fitting(OF_ENTRY));
        return conditions;
    }

    /** @param byAddress the condition on the address, with %d for the number of the parameter */
    private List<String> fitting(String byAddress) {
        List<String> conditions = new ArrayList<>();
        if (!filter.facts().isEmpty()) {
            conditions.add("e.facts @> $" + next(parameters.addArrayOfString(words())) + "::text[]");
        }
        filter.address().ifPresent(address -> conditions.add(String.format(Locale.ROOT, byAddress, next(parameters.addString(address.toString())))));
        return conditions;
    }

    private List<String> beyond(String column, Order order, Optional<Long> after) {
        List<String> conditions = new ArrayList<>();
        after.ifPresent(index -> conditions.add(column + (order == Order.ASC ? " > $" : " < $") + next(parameters.addLong(index))));
        return conditions;
    }

    private List<String> inWindow() {
        List<String> conditions = new ArrayList<>();
        filter.from().ifPresent(from -> conditions.add("e.event_time >= $" + next(parameters.addOffsetDateTime(utc(from)))));
        filter.to().ifPresent(to -> conditions.add("e.event_time < $" + next(parameters.addOffsetDateTime(utc(to)))));
        return conditions;
    }

    private String[] words() {
        return filter.facts().stream().map(Fact::word).toArray(String[]::new);
    }

    private static String where(List<String> conditions) {
        return conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions);
    }

    /** The number of the parameter that was added last. */
    private int next(Tuple added) {
        return added.size();
    }

    private static OffsetDateTime utc(Instant instant) {
        return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
    }
}
