// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import io.vertx.core.VertxException;
import io.vertx.core.impl.NoStackTraceThrowable;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.hibernate.exception.JDBCConnectionException;

/** Which failures of PostgreSQL pass by themselves (PostgreSQL's appendix A names the codes). */
public final class PostgresFailures {
    /** Connection exceptions, insufficient resources, operator intervention (shutdown, restart), lock not available. */
    private static final Set<String> AWAY_CLASSES = Set.of("08", "53", "57");
    private static final Set<String> CONFLICTS = Set.of("40001", "40P01", "55P03");
    private static final int CAUSES_MAX = 20;

    private PostgresFailures() {}

    /** Returns true if the database could not be reached or was not ready: a retry may succeed once it is back. */
    public static boolean away(Throwable failure) {
        // Errors that PostgreSQL itself returned are judged by their code alone; the rest never came to it or back from it.
        if (anyCause(failure, cause -> !sqlState(cause).isBlank())) {
            return anyCause(failure, cause -> AWAY_CLASSES.contains(sqlState(cause).substring(0, 2)));
        }
        return anyCause(failure, cause -> cause instanceof IOException
            || cause instanceof TimeoutException
            || cause instanceof JDBCConnectionException
            || cause instanceof VertxException
            || cause instanceof NoStackTraceThrowable);
    }

    /** Returns true if another transaction was in the way: a retry may succeed at once. */
    public static boolean conflict(Throwable failure) {
        return anyCause(failure, cause -> CONFLICTS.contains(sqlState(cause)));
    }

    private static boolean anyCause(Throwable failure, java.util.function.Predicate<Throwable> predicate) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
            if (predicate.test(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static String sqlState(Throwable cause) {
        String state = cause instanceof PgException ? ((PgException) cause).getSqlState()
            : cause instanceof SQLException ? ((SQLException) cause).getSQLState() : null;
        return state == null || state.length() < 2 ? "  " : state;
    }
}
