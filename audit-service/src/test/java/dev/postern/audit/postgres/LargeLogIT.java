// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.audit.Fact;
import dev.postern.audit.Filter;
import dev.postern.audit.LogEntry;
import dev.postern.audit.postgres.LogReader.Order;
import dev.postern.events.SourceAddress;
import dev.postern.local.parts.Database;
import dev.postern.local.parts.RealParts;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Searches a log of 200,000 entries, one a second. Rows are counted, not time: a walk through the log shows on every machine. */
class LargeLogIT {
    private static final int ENTRIES = 200_000;
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final int LIMIT = 50;
    /** The candidates, twice. A walk through the log reads a hundred thousand. */
    private static final long ROWS_MAX = 2 * EntrySearch.FEW_MAX + 5_000;
    private static final String FILL = """
        insert into entry (index, leaf, source, event_id, event_time, appended_at, facts)
        select i, ?, '/large', i::text,
            -- Some events arrive a day late.
            timestamptz '2026-03-01 00:00:00Z' + (case when i % 20000 = 7 then i - 86400 else i end) * interval '1 second',
            timestamptz '2026-03-01 00:00:00Z' + i * interval '1 second',
            array['topic:' || case when i % 10 = 0 then 'access-ended' else 'api-called' end, 'request_id:' || i / 100,
                'on_behalf_of:' || case when i between 150000 and 150030 then 'rare' when i < 90000 then 'early' else 'customer' end]
        from generate_series(0, ?) as i""";

    private static Vertx vertx;
    private static Pool pool;

    @BeforeAll
    static void fill() throws Exception {
        Database database = RealParts.postgres().createDatabase("audit_large");
        Flyway.configure().dataSource(database.jdbcUrl(), database.username(), database.password()).locations("db/messaging", "db/migration")
            .placeholders(Map.of("application_role", database.username())).load().migrate();
        byte[] leaf = new LogEntry("api-called", "k", new TreeMap<>(Map.of("ce_id", "e")), "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8)).leaf();
        try (Connection connection = database.connect(); var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            try (PreparedStatement fill = connection.prepareStatement(FILL)) {
                fill.setBytes(1, leaf);
                fill.setInt(2, ENTRIES - 1);
                fill.executeUpdate();
            }
            statement.execute("insert into node (last_leaf, hashes) select index, sha256('') from entry");
            statement.execute("insert into entry_block (first, time_min, time_max) select index / 1024 * 1024, min(event_time), max(event_time) from entry"
                + " group by index / 1024 having count(*) = 1024");
            statement.execute("insert into entry_address (index, address) select index, '198.51.100.0'::inet + (index % 250) from entry where index % 3 = 0");
            statement.execute("insert into entry_address (index, address) values (77, '203.0.113.7'), (78, '203.0.113.0/25'), (79, '2001:db8::/64')");
            connection.commit();
            connection.setAutoCommit(true);
            statement.execute("analyze");
        }
        vertx = Vertx.vertx();
        pool = Pool.newInstance(io.vertx.pgclient.PgBuilder.pool().connectingTo(new PgConnectOptions().setHost(database.host()).setPort(database.port())
            .setDatabase(database.name()).setUser(database.username()).setPassword(database.password()))
            .with(new PoolOptions().setMaxSize(2)).using(vertx.getDelegate()).build());
    }

    @AfterAll
    static void close() {
        pool.closeAndAwait();
        vertx.closeAndAwait();
    }

    static Stream<Arguments> searches() {
        return Stream.of(
            search("everything, newest first", filter(), Order.DESC, 199_999),
            search("before an early time, newest first", filter().to(1_000), Order.DESC, -1),
            search("after a late time, oldest first", filter().from(ENTRIES - 1_000), Order.ASC, ENTRIES - 1_000),
            search("a window in the middle", filter().from(100_000).to(100_100), Order.ASC, 100_000),
            search("a window in the middle, newest first", filter().from(100_000).to(100_100), Order.DESC, -1),
            search("before everything", filter().to(-200_000), Order.DESC, null),
            search("after everything", filter().from(ENTRIES + 10), Order.ASC, null),
            search("a customer of few entries, newest first", filter().fact(Fact.Kind.ON_BEHALF_OF, "rare"), Order.DESC, 150_030),
            search("a customer of few entries, oldest first", filter().fact(Fact.Kind.ON_BEHALF_OF, "rare"), Order.ASC, 150_000),
            search("nobody", filter().fact(Fact.Kind.ON_BEHALF_OF, "nobody"), Order.ASC, null),
            search("one request", filter().fact(Fact.Kind.REQUEST_ID, "1500"), Order.DESC, 150_099),
            search("most of the time, newest first", filter().to(150_000), Order.DESC, -1),
            search("most of the time, oldest first", filter().from(50_000), Order.ASC, 50_000),
            search("a frequent topic before an early time", filter().fact(Fact.Kind.TOPIC, "api-called").to(1_000), Order.DESC, -1),
            search("a frequent topic after a late time", filter().fact(Fact.Kind.TOPIC, "api-called").from(ENTRIES - 1_000), Order.ASC, ENTRIES - 999));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("searches")
    void searchReadsNoMoreThanItNeeds(String name, Filter filter, Order order, Long first) throws Exception {
        LogReader reader = new LogReader(pool, "test");
        EntrySearch.Way way = reader.way(filter).await().atMost(Duration.ofSeconds(20));
        for (EntrySearch.Way tried : EntrySearch.Way.values()) {
            EntrySearch.count(filter, tried).ifPresent(count -> assertThat(rowsRead(count)).as(tried + " counted").isLessThan(ROWS_MAX));
        }
        EntrySearch.Statement page = EntrySearch.page(filter, way, order, Optional.empty(), LIMIT);
        assertThat(rowsRead(page)).as(() -> plan(page).toPrettyString()).isLessThan(ROWS_MAX);
        List<LogReader.Stored> found = reader.page(filter, order, Optional.empty(), LIMIT).await().atMost(Duration.ofSeconds(20)).entries();
        if (first == null) {
            assertThat(found).isEmpty();
        } else if (first >= 0) {
            assertThat(found.get(0).index()).isEqualTo(first);
        } else {
            assertThat(found).isNotEmpty();
        }
    }

    @Test
    void pagesOfAWindowAreTheSameAsAFullScanInBothOrders() throws Exception {
        Filter filter = filter().from(50_000).to(52_000).build();
        LogReader reader = new LogReader(pool, "test");
        for (Order order : Order.values()) {
            List<Long> paged = new java.util.ArrayList<>();
            Optional<Long> after = Optional.empty();
            boolean more = true;
            while (more) {
                LogReader.LogPage page = reader.page(filter, order, after, 200).await().atMost(Duration.ofSeconds(20));
                page.entries().forEach(entry -> paged.add(entry.index()));
                more = page.more();
                after = Optional.of(paged.get(paged.size() - 1));
            }
            List<Long> scanned = new java.util.ArrayList<>();
            pool.query("select index from entry where event_time >= '" + at(50_000) + "' and event_time < '" + at(52_000) + "' order by index " + order)
                .executeAndAwait().forEach(row -> scanned.add(row.getLong(0)));
            assertThat(paged).isEqualTo(scanned).hasSizeGreaterThan(1_900);
        }
    }

    @Test
    void blockFindsTheAddressesInItAndAddressTheBlocksThatContainIt() {
        assertThat(byAddress("203.0.113.0/24")).containsExactly(77L, 78L);
        assertThat(byAddress("203.0.113.7")).containsExactly(77L, 78L);
        assertThat(byAddress("203.0.113.8")).containsExactly(78L);
        assertThat(byAddress("203.0.113.200")).isEmpty();
        assertThat(byAddress("2001:db8::1")).containsExactly(79L);
        assertThat(byAddress("0.0.0.0/0")).hasSize(LIMIT);
    }

    private static List<Long> byAddress(String address) {
        Filter filter = new Filter(new TreeSet<>(), Optional.of(new SourceAddress(address)), Optional.empty(), Optional.empty());
        return new LogReader(pool, "test").page(filter, Order.ASC, Optional.empty(), LIMIT).await().atMost(Duration.ofSeconds(20)).entries().stream()
            .map(LogReader.Stored::index).toList();
    }

    private static JsonNode plan(EntrySearch.Statement statement) {
        Object text = pool.preparedQuery("explain (analyze, format json) " + statement.sql()).executeAndAwait(statement.parameters()).iterator().next()
            .getValue(0);
        try {
            return new ObjectMapper().readTree(text.toString()).get(0).get("Plan");
        } catch (java.io.IOException noJson) {
            throw new java.io.UncheckedIOException(noJson);
        }
    }

    /** Rows that scans of tables gave or threw away. */
    private static long rowsRead(EntrySearch.Statement statement) {
        return rowsRead(plan(statement));
    }

    private static long rowsRead(JsonNode node) {
        long rows = 0;
        if (node.path("Node Type").asText().contains("Scan")) {
            rows = (long) ((node.path("Actual Rows").asDouble() + node.path("Rows Removed by Filter").asDouble()
                + node.path("Rows Removed by Index Recheck").asDouble()) * node.path("Actual Loops").asDouble());
        }
        for (JsonNode child : node.path("Plans")) {
            rows += rowsRead(child);
        }
        return rows;
    }

    private static Arguments search(String name, Building filter, Order order, Integer first) {
        return Arguments.of(name, filter.build(), order, first == null ? null : Long.valueOf(first));
    }

    private static Instant at(long second) {
        return START.plusSeconds(second);
    }

    private static Building filter() {
        return new Building(new TreeSet<>(), Optional.empty(), Optional.empty());
    }

    private record Building(TreeSet<Fact> facts, Optional<Instant> earliest, Optional<Instant> before) {
        Building fact(Fact.Kind kind, String value) {
            facts.add(new Fact(kind, value));
            return this;
        }

        Building from(long second) {
            return new Building(facts, Optional.of(at(second)), before);
        }

        Building to(long second) {
            return new Building(facts, earliest, Optional.of(at(second)));
        }

        Filter build() {
            return new Filter(facts, Optional.empty(), earliest, before);
        }
    }
}
