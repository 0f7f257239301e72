// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The outbox as its relay sees it, over a connection of its own: the advisory lock and the mark belong to one connection, and end with it. Plain JDBC,
 * for it is a thread of its own that waits.
 */
class OutboxTable implements AutoCloseable {
    /** Any number, the same in all replicas; advisory locks are per database, and so is a relay. */
    private static final long RELAY_LOCK = 0x706f737465726e01L;
    private static final int CONNECT_TIMEOUT_S = 5;
    private static final int SOCKET_TIMEOUT_S = 30;
    /** Keepalive, so that PostgreSQL notices within half a minute that a relay's machine is gone, and releases its lock. */
    private static final String SERVER_OPTIONS = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
        // A mark that is lost in a crash only means that the event is sent again.
        + " -c synchronous_commit=off";
    private static final String UNSENT = "select id, event_id, topic, record_key, event_type, event_time, payload, traceparent, created_at"
        + " from outbox where sent_at is null order by id limit ?";
    private static final String MARK = "update outbox set sent_at = now() where id = any(?)";
    private static final String PRUNE_OUTBOX = "delete from outbox where sent_at < now() - interval '1 day'";
    private static final String PRUNE_INBOX = "delete from inbox where received_at < now() - interval '190 days'";

    private final Connection connection;
    private final PreparedStatement unsent;
    private final PreparedStatement mark;

    /** Opens the table. */
    interface Factory {
        OutboxTable open() throws SQLException;
    }

    /** An event that is not sent yet. */
    record Row(long id, String eventId, String topic, String key, String type, Instant time, byte[] payload, String traceparent, Instant createdAt) {}

    OutboxTable(Connection connection) throws SQLException {
        this.connection = connection;
        this.unsent = connection.prepareStatement(UNSENT);
        this.mark = connection.prepareStatement(MARK);
    }

    static Factory at(String jdbcUrl, String user, String password) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(jdbcUrl);
        source.setUser(user);
        source.setPassword(password);
        source.setApplicationName("postern-relay");
        source.setConnectTimeout(CONNECT_TIMEOUT_S);
        source.setSocketTimeout(SOCKET_TIMEOUT_S);
        source.setTcpKeepAlive(true);
        source.setOptions(SERVER_OPTIONS);
        return () -> new OutboxTable(source.getConnection());
    }

    /** Takes the relay's lock, if it is free. */
    boolean lock() throws SQLException {
        try (Statement statement = connection.createStatement();
             ResultSet locked = statement.executeQuery("select pg_try_advisory_lock(" + RELAY_LOCK + ")")) {
            locked.next();
            return locked.getBoolean(1);
        }
    }

    List<Row> unsent(int limit) throws SQLException {
        unsent.setInt(1, limit);
        try (ResultSet found = unsent.executeQuery()) {
            List<Row> rows = new ArrayList<>();
            while (found.next()) {
                rows.add(new Row(found.getLong(1), found.getString(2), found.getString(3), found.getString(4), found.getString(5),
                    found.getTimestamp(6).toInstant(), found.getBytes(7), found.getString(8), found.getTimestamp(9).toInstant()));
            }
            return rows;
        }
    }

    void mark(List<Row> rows) throws SQLException {
        mark.setArray(1, connection.createArrayOf("bigint", rows.stream().map(Row::id).toArray()));
        mark.executeUpdate();
    }

    /** Fails if the connection is gone, and the lock with it. */
    void checkAlive() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("select 1");
        }
    }

    void prune() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(PRUNE_OUTBOX);
            statement.executeUpdate(PRUNE_INBOX);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
