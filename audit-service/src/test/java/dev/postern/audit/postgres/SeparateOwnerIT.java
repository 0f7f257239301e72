// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.audit.kafka.AuditParts;
import dev.postern.local.parts.Database;
import dev.postern.local.parts.RealParts;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The installation in which one role owns the tables and the service runs as another. */
@QuarkusTest
@QuarkusTestResource(AuditParts.class)
class SeparateOwnerIT {
    private static Database service;

    @BeforeAll
    static void migrateAsTheOwner() throws SQLException {
        Database owner = RealParts.postgres().createDatabase("audit_owned");
        service = new Database(owner.host(), owner.port(), owner.name(), "audit_service", "audit_service-sample-password");
        try (Connection connection = RealParts.postgres().superuser("audit_owned").connect(); Statement statement = connection.createStatement()) {
            statement.execute("create role audit_service login password '" + service.password() + "'");
            statement.execute("grant connect on database audit_owned to audit_service");
        }
        Flyway.configure().dataSource(owner.jdbcUrl(), owner.username(), owner.password()).locations("db/messaging", "db/migration")
            .placeholders(Map.of("application_role", "audit_service")).load().migrate();
    }

    @Test
    void serviceCanDoWhatAnAppendNeeds() throws SQLException {
        try (Connection connection = service.connect(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("select size, peaks, root, appended_at from head for update");
            statement.execute("insert into entry (index, leaf, source, event_id, event_time, appended_at, facts) values (0, '', 's', 'e', now(), now(), '{}')");
            statement.execute("insert into node (last_leaf, hashes) values (0, sha256(''))");
            statement.execute("update head set size = 1, peaks = sha256(''), root = sha256(''), appended_at = now()");
            statement.execute("insert into outbox (event_id, topic, record_key, event_type, event_time, payload) values ('e', 't', 'k', 'y', now(), '')");
            statement.execute("select pg_notify('log_grew', '1')");
            statement.execute("update outbox set sent_at = now()");
            statement.execute("delete from outbox");
            statement.execute("delete from inbox");
            connection.rollback();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"update entry set leaf = ''", "delete from entry", "truncate entry", "update node set hashes = ''", "delete from node",
        "truncate node",
        "delete from head", "truncate head", "alter table entry disable trigger all", "alter table head disable trigger all",
        "drop trigger entry_stays on entry",
        "drop table entry cascade", "create or replace function refuse_change() returns trigger language sql as ''",
        "alter table entry owner to audit_service", "set session_replication_role = replica"})
    void serviceCannotTakeTheGuardsAway(String change) throws SQLException {
        try (Connection connection = service.connect(); Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute(change)).isInstanceOfSatisfying(SQLException.class,
                refused -> assertThat(refused.getSQLState()).as(refused.getMessage()).isIn("42501", "42P13"));
        }
    }
}
