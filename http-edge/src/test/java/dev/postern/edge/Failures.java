// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import com.fasterxml.jackson.core.JsonParseException;
import io.vertx.pgclient.PgException;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.ConnectException;
import java.util.List;
import org.apache.kafka.common.errors.TimeoutException;
import org.hibernate.exception.JDBCConnectionException;

/** The failures of what a service stands on, as they reach a resource; and what the edge is told to be away. */
@ApplicationScoped
public class Failures implements Dependencies {
    private volatile List<String> away = List.of();

    void setAway(String... what) {
        away = List.of(what);
    }

    @Override
    public List<String> away() {
        return away;
    }

    Throwable of(String how) {
        switch (how) {
            case "postgres-refuses-connections":
                return new RuntimeException("wrapped", new JDBCConnectionException("no connection", new java.sql.SQLException("x")));
            case "postgres-not-there":
                return new RuntimeException(new ConnectException("Connection refused: localhost/127.0.0.1:5433"));
            case "postgres-shuts-down":
                return new PgException("terminating connection due to administrator command", "FATAL", "57P01", null);
            case "postgres-refuses-the-value":
                return new org.hibernate.HibernateException("x", new PgException("invalid byte sequence for encoding", "ERROR", "22021", null));
            case "postgres-knows-no-such-table":
                return new PgException("relation \"secret_table\" does not exist", "ERROR", "42P01", null);
            case "kafka-does-not-answer":
                return new TimeoutException("Topic access-requested not present in metadata after 60000 ms.");
            case "json-of-ours":
                return new JsonParseException(null, "secret in a message");
            default:
                return new IllegalStateException("secret in a message");
        }
    }
}
