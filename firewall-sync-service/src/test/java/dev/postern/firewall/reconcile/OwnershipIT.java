// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import static dev.postern.events.FirewallChanged.OpeningState.CLOSED;
import static dev.postern.events.FirewallChanged.OpeningState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import dev.postern.events.AccessRequestId;
import dev.postern.firewall.real.RealFirewallService;
import dev.postern.firewall.real.Shop;
import dev.postern.firewall.real.SimulatedCloud;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** One process per service; here the other process is played by a connection that holds its lock. */
@QuarkusTest
@RealFirewallService
class OwnershipIT {
    @Inject
    AgroalDataSource database;

    static Stream<Arguments> owned() {
        Shop one = Shop.unknown();
        return Stream.of(Arguments.of("it owns the service", one, "7465, hashtext('" + one.name() + "')"),
            Arguments.of("it has the other services of the account", Shop.of(SimulatedCloud.SPARE), "7466, hashtext('" + SimulatedCloud.SPARE + "')"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("owned")
    void aServiceOfAnotherProcessIsLeftToItAndTakenOverWhenItDies(String why, Shop shop, String lock) throws SQLException {
        AccessRequestId grant;
        try (Connection other = database.getConnection(); Statement sql = other.createStatement()) {
            sql.execute("listen reconcile");
            sql.execute("select pg_advisory_lock(" + lock + ")");
            shop.put().then().statusCode(201);
            grant = shop.isGranted("203.0.113.7");
            await().until(() -> notified(other), list -> list.contains(shop.name().toString()));
            await().untilAsserted(() -> Shop.olga().get("/services/" + shop.name() + "/openings").then().body("items.state", equalTo(List.of("opening"))));
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
