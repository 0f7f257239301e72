// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.audit.Arrival;
import dev.postern.audit.AuditLog;
import dev.postern.audit.ConsistencyProof;
import dev.postern.audit.EventRef;
import dev.postern.audit.Fact;
import dev.postern.audit.Frontier;
import dev.postern.audit.Hash;
import dev.postern.audit.InclusionProof;
import dev.postern.audit.LogEntry;
import dev.postern.audit.Node;
import dev.postern.audit.kafka.AuditParts;
import dev.postern.events.EventId;
import dev.postern.local.parts.Database;
import dev.postern.local.parts.RealParts;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.vertx.VertxContextSupport;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(AuditParts.class)
class LogStoreIT {
    private static final int WRITERS = 8;
    private static final int BATCHES = 20;
    private static final int BATCH = 10;

    @Inject
    LogStore store;

    @Inject
    LogReader reader;

    @Test
    void writersAtTheSameTimeLeaveOneSequenceWithoutGapsAndEachEventOnce() throws Exception {
        // Every batch is appended by two writers, as two replicas do while a partition moves from one to the other.
        List<List<Arrival>> batches = IntStream.range(0, BATCHES).mapToObj(batch -> IntStream.range(0, BATCH).mapToObj(i -> arrival()).toList()).toList();
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
        List<Long> places = new ArrayList<>();
        int duplicates = 0;
        try {
            List<Future<AuditLog.Appended>> appends = new ArrayList<>();
            for (int twice = 0; twice < 2; twice++) {
                batches.forEach(batch -> appends.add(writers.submit(() -> append(batch))));
            }
            for (Future<AuditLog.Appended> append : appends) {
                append.get().placed().forEach(entry -> places.add(entry.index()));
                duplicates += append.get().duplicates();
            }
        } finally {
            writers.shutdown();
        }
        assertThat(places).hasSize(BATCHES * BATCH).doesNotHaveDuplicates();
        assertThat(duplicates).isEqualTo(BATCHES * BATCH);
        assertThat(one("select count(*) from entry")).isEqualTo(one("select max(index) + 1 from entry")).isEqualTo(one("select size from head"));
    }

    @Test
    void rootRebuiltFromTheEntriesIsTheCheckpoints() throws Throwable {
        append(List.of(arrival(), arrival(), arrival()));
        var checkpoint = VertxContextSupport.subscribeAndAwait(reader::checkpoint);
        Frontier rebuilt = Frontier.EMPTY;
        for (Hash leaf : leaves(checkpoint.size())) {
            rebuilt = rebuilt.append(leaf).next();
        }
        assertThat(rebuilt.root()).isEqualTo(checkpoint.root());
    }

    @Test
    void storedNodesProveEveryEntryAndEveryEarlierTree() throws Throwable {
        append(IntStream.range(0, 37).mapToObj(i -> arrival()).toList());
        var checkpoint = VertxContextSupport.subscribeAndAwait(reader::checkpoint);
        long size = checkpoint.size();
        List<Hash> leaves = leaves(size);
        Map<Long, List<Hash>> rows = nodes();
        List<Hash> roots = new ArrayList<>(List.of(Hash.ofNothing()));
        Frontier frontier = Frontier.EMPTY;
        for (Hash leaf : leaves) {
            frontier = frontier.append(leaf).next();
            roots.add(frontier.root());
        }
        for (long index = 0; index < size; index += Math.max(1, size / 50)) {
            InclusionProof inclusion = InclusionProof.make(index, size, node -> hash(rows, node));
            assertThat(inclusion.proves(leaves.get((int) index), checkpoint.root())).as("entry %d", index).isTrue();
            ConsistencyProof consistency = ConsistencyProof.make(index, size, node -> hash(rows, node));
            assertThat(consistency.proves(roots.get((int) index), checkpoint.root())).as("tree of %d", index).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "update entry set leaf = leaf where false", "delete from entry where false", "truncate entry",
        "update node set hashes = hashes where false", "delete from node where false", "truncate node",
        "delete from head where false", "truncate head", "insert into head (one, size, peaks, root, appended_at) values (false, 0, '', sha256(''), now())",
        "update head set size = size - 1", "update head set root = sha256('x')"})
    void serviceCannotChangeWhatIsInTheLog(String change) throws Exception {
        append(List.of(arrival()));
        assertRefused(AuditParts.database(), change);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "update entry set leaf = leaf where false", "delete from entry where false", "truncate entry", "update node set hashes = hashes where false",
        "delete from node where false", "truncate node", "delete from head", "truncate head", "update head set size = size - 1"})
    void notEvenTheSuperuserCanWhileTheTriggersStand(String change) throws Exception {
        append(List.of(arrival()));
        assertRefused(RealParts.postgres().superuser("audit"), change);
    }

    @Test
    void logThatDoesNotAddUpIsNotAppendedTo() throws Exception {
        append(List.of(arrival()));
        Database superuser = RealParts.postgres().superuser("audit");
        try (Connection connection = superuser.connect(); Statement statement = connection.createStatement()) {
            statement.execute("alter table head disable trigger head_grows");
            statement.execute("create table kept_root as select root from head");
            statement.execute("update head set root = sha256('another')");
            try {
                long size = one("select size from head");
                assertThatThrownBy(() -> append(List.of(arrival()))).isInstanceOf(LogBroken.class);
                assertThat(store.sound()).isFalse();
                assertThat(one("select size from head")).isEqualTo(size);
            } finally {
                statement.execute("update head set root = (select root from kept_root)");
                statement.execute("drop table kept_root");
                statement.execute("alter table head enable trigger head_grows");
            }
        }
        assertThatThrownBy(() -> append(List.of(arrivalThatPostgresRefuses()))).matches(LogStore::faultOfEvent);
        assertThat(store.sound()).as("the head was read, and nothing was committed").isFalse();
        append(List.of(arrival()));
        assertThat(store.sound()).isTrue();
    }

    private AuditLog.Appended append(List<Arrival> arrivals) throws Exception {
        try {
            return VertxContextSupport.subscribeAndAwait(() -> store.append(arrivals));
        } catch (Exception failed) {
            throw failed;
        } catch (Throwable failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static Arrival arrivalThatPostgresRefuses() {
        return arrival(new Fact(Fact.Kind.ADDRESS, "not-an-address"));
    }

    private static Arrival arrival(Fact... more) {
        String id = UUID.randomUUID().toString();
        LogEntry entry = new LogEntry("access-ended", id, new TreeMap<>(Map.of("ce_id", id, "ce_source", "/store", "ce_type", "dev.postern.access-ended.v1",
            "ce_time", "2026-03-01T12:00:00Z")), ("{\"id\":\"" + id + "\"}").getBytes(StandardCharsets.UTF_8));
        TreeSet<Fact> facts = new TreeSet<>(List.of(more));
        facts.add(new Fact(Fact.Kind.KEY, id));
        return new Arrival(entry, new EventRef("/store", new EventId(id)), "dev.postern.access-ended.v1", Instant.parse("2026-03-01T12:00:00Z"), facts);
    }

    private static void assertRefused(Database database, String change) throws SQLException {
        try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute(change)).isInstanceOfSatisfying(SQLException.class,
                refused -> assertThat(refused.getSQLState()).as(refused.getMessage()).isEqualTo("42501"));
        }
    }

    private static List<Hash> leaves(long size) throws SQLException {
        List<Hash> leaves = new ArrayList<>();
        try (Connection connection = AuditParts.database().connect(); Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery("select index, leaf from entry where index < " + size + " order by index")) {
            while (rows.next()) {
                assertThat(rows.getLong(1)).isEqualTo(leaves.size());
                leaves.add(Hash.ofLeaf(rows.getBytes(2)));
            }
        }
        assertThat(leaves).hasSize((int) size);
        return leaves;
    }

    private static Map<Long, List<Hash>> nodes() throws SQLException {
        Map<Long, List<Hash>> nodes = new TreeMap<>();
        try (Connection connection = AuditParts.database().connect(); Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery("select last_leaf, hashes from node")) {
            while (rows.next()) {
                nodes.put(rows.getLong(1), Hash.split(rows.getBytes(2)));
            }
        }
        return nodes;
    }

    private static Hash hash(Map<Long, List<Hash>> rows, Node node) {
        return rows.get(node.lastLeaf()).get(node.level());
    }

    private static long one(String sql) throws SQLException {
        try (Connection connection = AuditParts.database().connect(); Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
