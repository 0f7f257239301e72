// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.net.ConnectException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresFailuresTest {
    @ParameterizedTest(name = "{0} {1}: away {2}, conflict {3}")
    @CsvSource({
        "08006, connection failure, true, false",
        "53300, too many connections, true, false",
        "57P01, admin shutdown, true, false",
        "57P03, cannot connect now, true, false",
        "40001, serialization failure, false, true",
        "40P01, deadlock, false, true",
        "55P03, lock not available, false, true",
        "23505, unique violation, false, false",
        "42P01, no such table, false, false",
        "22P02, bad value, false, false"})
    void whatPostgresSaysIsJudgedByItsCode(String sqlState, String condition, boolean away, boolean conflict) {
        Throwable failure = new IllegalStateException(new PgException(condition, "ERROR", sqlState, ""));
        assertThat(PostgresFailures.away(failure)).isEqualTo(away);
        assertThat(PostgresFailures.conflict(failure)).isEqualTo(conflict);
    }

    @Test
    void whatNeverCameToPostgresIsAway() {
        assertThat(PostgresFailures.away(new RuntimeException(new ConnectException("refused")))).isTrue();
        assertThat(PostgresFailures.away(new VertxException("Connection was closed"))).isTrue();
        assertThat(PostgresFailures.away(new TimeoutException())).isTrue();
    }

    @Test
    void aDefectIsNeither() {
        assertThat(PostgresFailures.away(new NullPointerException())).isFalse();
        assertThat(PostgresFailures.conflict(new NullPointerException())).isFalse();
    }
}
