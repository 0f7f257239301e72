// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;

/** A database with the role that owns it. */
public record Database(String host, int port, String name, String username, String password) {
    /** Returns the URL for {@code quarkus.datasource.jdbc.url} and Flyway. */
    public String jdbcUrl() {
        return "jdbc:postgresql://" + host + ":" + port + "/" + name;
    }

    /** Returns the URL for {@code quarkus.datasource.reactive.url}. */
    public String reactiveUrl() {
        return "postgresql://" + host + ":" + port + "/" + name;
    }

    /** A new connection of this role; the caller closes it. Asks the driver itself: under some class loaders DriverManager does not see it. */
    public Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", username);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", "5");
        return new org.postgresql.Driver().connect(jdbcUrl(), properties);
    }

    @Override
    public String toString() {
        return jdbcUrl() + " as " + username;
    }
}
