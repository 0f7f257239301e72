package dev.postern.edge;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/** Tells an outage (PostgreSQL or Kafka away) from an error of ours. */
final class Outages {
    private static final Set<String> OUTAGES = Set.of(
        "org.hibernate.exception.JDBCConnectionException",
        "io.vertx.sqlclient.ClosedConnectionException",
        "io.vertx.core.http.ConnectionPoolTooBusyException",
        "java.sql.SQLTransientConnectionException",
        "org.apache.kafka.common.errors.TimeoutException",
        "org.apache.kafka.common.errors.DisconnectException");

    private Outages() { }

    /** Whether somewhere among the causes something could not be reached. */
    static boolean isOutage(Throwable failure) {
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth < 20; cause = cause.getCause(), depth++) {
            if (cause instanceof IOException || cause instanceof TimeoutException || OUTAGES.contains(cause.getClass().getName())) {
                return true;
            }
        }
        return false;
    }
}
