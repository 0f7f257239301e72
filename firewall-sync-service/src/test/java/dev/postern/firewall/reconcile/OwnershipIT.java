package dev.postern.firewall.reconcile;

import static dev.postern.events.FirewallChanged.OpeningState.CLOSED;
import static dev.postern.events.FirewallChanged.OpeningState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.events.AccessRequestId;
import dev.postern.firewall.real.RealFirewallService;
import dev.postern.firewall.real.Shop;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** One process per service; here the other process is played by a connection that holds its lock. */
@QuarkusTest
@RealFirewallService
class OwnershipIT {
    @Inject
    AgroalDataSource database;

    @Test
    void aServiceOfAnotherProcessIsLeftToItAndTakenOverWhenItDies() throws SQLException {
        Shop shop = Shop.unknown();
        AccessRequestId grant;
        try (Connection other = database.getConnection(); Statement sql = other.createStatement()) {
            sql.execute("listen reconcile");
            sql.execute("select pg_advisory_lock(7465, hashtext('" + shop.name() + "'))");
            shop.put().then().statusCode(201);
            grant = shop.isGranted("203.0.113.7");
            await().until(() -> notified(other), list -> list.contains(shop.name().toString()));
            assertThat(shop.objects()).as("not ours to reconcile").isEmpty();
            sql.execute("select pg_advisory_unlock_all()");
            sql.execute("unlisten *");
        }
        shop.awaits(grant, OPEN);
        assertThat(shop.letIn()).containsExactly("203.0.113.7");
    }

    @Test
    void locksThatAreLostWithTheirConnectionAreTakenAgain() throws SQLException {
        Shop shop = Shop.isProtected();
        AccessRequestId one = shop.isGranted("203.0.113.7");
        shop.awaits(one, OPEN);
        try (Connection connection = database.getConnection(); Statement sql = connection.createStatement();
             ResultSet ended = sql.executeQuery("select count(pg_terminate_backend(pid)) from (select distinct pid from pg_locks "
                 + "where locktype = 'advisory' and classid = 7465 and objsubid = 2) as owners")) {
            ended.next();
            assertThat(ended.getInt(1)).isEqualTo(1);
        }
        AccessRequestId two = shop.isGranted("203.0.113.8");
        shop.ends(one);
        shop.awaits(two, OPEN);
        shop.awaits(one, OPEN, CLOSED);
        assertThat(shop.letIn()).containsExactly("203.0.113.8");
    }

    private static List<String> notified(Connection connection) throws SQLException {
        PGNotification[] notifications = connection.unwrap(PGConnection.class).getNotifications(100);
        return notifications == null ? List.of() : Arrays.stream(notifications).map(PGNotification::getParameter).toList();
    }
}
