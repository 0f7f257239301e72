// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PostgresPartIT {
    private final PostgresPart postgres = RealParts.postgres();

    @AfterEach
    void leaveItRunning() {
        postgres.start();
    }

    @Test
    void rowsAreKeptThroughARestartOnTheSamePort() throws SQLException {
        Database database = postgres.createDatabase("kept_restart");
        execute(database, "create table t as select 7 as n");
        postgres.restart();
        assertEquals(7, number(database, "select n from t"));
        assertEquals(database, postgres.createDatabase("kept_restart"));
    }

    @Test
    void rowsAreKeptThroughKillMinusNine() throws SQLException {
        Database database = postgres.createDatabase("kept_kill");
        execute(database, "create table t as select 8 as n");
        postgres.kill();
        assertFalse(postgres.isRunning());
        postgres.start();
        assertEquals(8, number(database, "select n from t"));
    }

    @Test
    void everyDatabaseHasARoleOfItsOwnThatSeesNoOther() throws SQLException {
        Database one = postgres.createDatabase("one");
        Database two = postgres.createDatabase("two");
        Database intruder = new Database(two.host(), two.port(), two.name(), one.username(), one.password());
        assertThrows(SQLException.class, intruder::connect);
        try (Connection connection = one.connect()) {
            assertTrue(connection.isValid(5));
        }
        assertEquals(0, number(one, "select count(*) from pg_roles where rolname = current_user and (rolsuper or rolcreaterole or rolcreatedb)"));
    }

    private static void execute(Database database, String sql) throws SQLException {
        try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int number(Database database, String sql) throws SQLException {
        try (Connection connection = database.connect(); Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
