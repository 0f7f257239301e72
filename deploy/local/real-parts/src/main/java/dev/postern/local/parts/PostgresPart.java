// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** One real PostgreSQL server. It comes back on the same port, with its rows. */
public interface PostgresPart extends Part {
    /** Password of the superuser {@code postgres} of every local part: it guards samples on loopback only. */
    String SUPERUSER_PASSWORD = "postgres-sample-password";

    String host();

    int port();

    /** The database of that name with a role of the same name, which owns it and nothing else; made if it is not there. */
    default Database createDatabase(String name) {
        if (!name.matches("[a-z][a-z0-9_]{0,40}")) {
            throw new IllegalArgumentException("Not a plain database name: " + name);
        }
        Database database = new Database(host(), port(), name, name, passwordOf(name));
        try (Connection connection = superuser("postgres").connect(); Statement statement = connection.createStatement()) {
            if (!exists(statement, "select 1 from pg_roles where rolname = '" + name + "'")) {
                statement.execute("create role " + name + " login password '" + database.password() + "'");
            }
            if (!exists(statement, "select 1 from pg_database where datname = '" + name + "'")) {
                statement.execute("create database " + name + " owner " + name);
            }
            statement.execute("revoke connect on database " + name + " from public");
        } catch (SQLException e) {
            throw PartFailed.because("Database " + name + " could not be created", e);
        }
        return database;
    }

    /** The database as the superuser sees it: for roles beside the owner, and for tests that look behind a service's back. */
    default Database superuser(String database) {
        return new Database(host(), port(), database, "postgres", SUPERUSER_PASSWORD);
    }

    /** The sample password of a role that {@link #createDatabase} made. */
    static String passwordOf(String role) {
        return role + "-sample-password";
    }

    private static boolean exists(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            return rows.next();
        }
    }
}
