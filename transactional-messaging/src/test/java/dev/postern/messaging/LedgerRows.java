// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import dev.postern.events.Event;
import dev.postern.local.parts.Database;
import dev.postern.local.parts.RealParts;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads the ledger's database. */
final class LedgerRows {
    private static final Database DATABASE = RealParts.postgres().createDatabase("ledger");

    private LedgerRows() {}

    /** Returns the number of times that the ledger noted a request; 0 if never. */
    static int noted(Event request) throws SQLException {
        return number("select coalesce(sum(noted), 0) from ledger where request_id = ?", request.key());
    }

    static int unsent() throws SQLException {
        return number("select count(*) from outbox where sent_at is null and event_id <> ?", "none");
    }

    private static int number(String sql, String parameter) throws SQLException {
        try (Connection connection = DATABASE.connect(); PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, parameter);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }
}
