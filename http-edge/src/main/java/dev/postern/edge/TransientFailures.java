// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.postern.messaging.PostgresFailures;
import io.vertx.pgclient.PgException;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.common.errors.RetriableException;

/** Tells what passes by itself, and what a caller sent, from an error of ours. */
final class TransientFailures {
    private static final int CAUSES_MAX = 20;
    /** PostgreSQL's classes of codes that pass: connection exception, insufficient resources, operator intervention (shutdown, restart). */
    private static final Set<String> PASSING = Set.of("08", "53", "57");
    /** PostgreSQL's class "data exception": a value that no column takes. */
    private static final String DATA_EXCEPTION = "22";

    private TransientFailures() {}

    /** Returns true if PostgreSQL or Kafka could not be reached: a retry may succeed. */
    static boolean isOutage(Throwable failure) {
        // Jackson's exceptions are IOExceptions, but no connection was lost; and where PostgreSQL itself answered, its code decides.
        return !anyCause(failure, JsonProcessingException.class::isInstance)
            && !anyCause(failure, cause -> cause instanceof PgException answer && !PASSING.contains(sqlClass(answer)))
            && (PostgresFailures.away(failure) || anyCause(failure, RetriableException.class::isInstance));
    }

    /** Returns true if the database refused a value: a number out of range, or a character that it cannot store. */
    static boolean isRefusedValue(Throwable failure) {
        return anyCause(failure, cause -> cause instanceof PgException refused && sqlClass(refused).equals(DATA_EXCEPTION));
    }

    private static String sqlClass(PgException answer) {
        String state = answer.getSqlState();
        return state == null || state.length() < 2 ? "" : state.substring(0, 2);
    }

    private static boolean anyCause(Throwable failure, Predicate<Throwable> predicate) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++, cause = cause.getCause()) {
            if (predicate.test(cause)) {
                return true;
            }
        }
        return false;
    }
}
