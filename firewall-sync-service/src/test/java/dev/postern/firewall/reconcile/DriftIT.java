// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import static dev.postern.events.FirewallChanged.OpeningState.CLOSED;
import static dev.postern.events.FirewallChanged.OpeningState.OPEN;
import static dev.postern.events.FirewallChanged.OpeningState.OPENING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import dev.postern.events.AccessRequestId;
import dev.postern.firewall.real.RealFirewallService;
import dev.postern.firewall.real.Shop;
import dev.postern.local.digitalocean.ByHand;
import dev.postern.local.digitalocean.FirewallContent;
import dev.postern.local.digitalocean.Rule;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.net.URL;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Drift in our objects is repaired and published; foreign objects stay. */
@QuarkusTest
@RealFirewallService
class DriftIT {
    @TestHTTPResource(value = "/metrics", management = true)
    URL metricsUrl;
    @Inject
    FirewallReconciler reconciler;
    @Inject
    AgroalDataSource database;

    static Stream<Arguments> edits() {
        return Stream.of(
            Arguments.of("another source", edit(content -> content.withInboundRules(plus(content.inboundRules(),
                Rule.allowing("tcp", "22", List.of("0.0.0.0/0"))))), ": let in tcp 22 from 0.0.0.0/0, which nobody was granted"),
            Arguments.of("an outbound rule", edit(content -> content.withOutboundRules(List.of(Rule.allowing("tcp", "0", List.of("0.0.0.0/0"))))),
                ": had an outbound rule for tcp 0"),
            Arguments.of("detached", edit(content -> content.withTags(List.of())), ": was attached to tags [] and Droplets []"),
            Arguments.of("another tag", edit(content -> content.withTags(List.of("shop-db", "billing"))),
                ": was attached to tags [shop-db, billing] and Droplets []"),
            Arguments.of("all ports",
                edit(content -> content.withInboundRules(plus(content.inboundRules(), Rule.allowing("udp", "0", List.of("203.0.113.7"))))),
                ": had a rule for udp 0"),
            Arguments.of("renamed", edit(content -> new FirewallContent("mine-now", content.inboundRules(), content.outboundRules(), content.dropletIds(),
                content.tags())), ": had the name mine-now"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("edits")
    void anEditIsSetBackAndTold(String what, UnaryOperator<FirewallContent> edit, String told) {
        Shop shop = Shop.isProtected();
        AccessRequestId grant = shop.isGranted("203.0.113.7");
        shop.awaits(grant, OPEN);
        ByHand.FirewallSnapshot before = shop.objects().get(0);

        shop.hand().editFirewall(before.id(), edit);
        reconciler.poke(List.of(shop.name()));

        await().untilAsserted(() -> assertThat(shop.told().stream().flatMap(event -> event.drift().stream()))
            .containsExactly("postern-" + shop.name() + "-1" + told));
        assertThat(shop.objects()).singleElement().satisfies(after -> {
            assertThat(after.id()).isEqualTo(before.id());
            assertThat(after.content()).isEqualTo(before.content());
        });
        if (what.equals("detached")) {
            shop.awaits(grant, OPEN, OPENING, OPEN); // nobody reaches anything through an object that is attached to nothing
        } else {
            assertThat(shop.told(grant)).containsExactly(OPEN);
        }
        await().untilAsserted(() -> Shop.olga().get("/reconciliation?limit=200").then().statusCode(200)
            .body("items.find { it.service == '" + shop.name() + "' }.drift[0]", endsWith(told)));
    }

    @Test
    void anAddressThatOthersTookOutIsToldAsNoLongerOpenAndOpenedAgain() {
        Shop shop = Shop.isProtected();
        AccessRequestId one = shop.isGranted("203.0.113.7");
        AccessRequestId two = shop.isGranted("203.0.113.8");
        shop.awaits(one, OPEN);
        shop.awaits(two, OPEN);
        shop.hand().editFirewall(shop.objects().get(0).id(),
            content -> content.withInboundRules(List.of(Rule.allowing("tcp", "5432", List.of("203.0.113.8")))));
        reconciler.poke(List.of(shop.name()));
        shop.awaits(one, OPEN, OPENING, OPEN);
        assertThat(shop.told(two)).containsExactly(OPEN);
        assertThat(shop.letIn()).isEqualTo(Set.of("203.0.113.7", "203.0.113.8"));
    }

    @Test
    void anObjectOfOthersIsNotTouchedEvenWithANameLikeOurs() {
        Shop shop = Shop.isProtected();
        FirewallContent like = new FirewallContent("postern-" + shop.name() + "-1", List.of(Rule.allowing("tcp", "22", List.of("198.51.100.9"))), List.of(),
            List.of(), List.of("shop-web"));
        String theirs = shop.hand().addFirewall(like);
        AccessRequestId grant = shop.isGranted("203.0.113.7");
        shop.awaits(grant, OPEN);
        assertThat(shop.objects()).extracting(object -> object.content().name())
            .containsExactly("postern-" + shop.name() + "-1", "postern-" + shop.name() + "-2");
        shop.ends(grant);
        await().untilAsserted(() -> assertThat(shop.objects()).singleElement().satisfies(object -> {
            assertThat(object.id()).isEqualTo(theirs);
            assertThat(object.content()).isEqualTo(like);
        }));
        shop.hand().deleteFirewall(theirs);
    }

    @Test
    void tooManyUnexplainedAccessesStayWithAnAlarmWhileGrantsContinue() throws SQLException {
        Shop shop = Shop.isProtected();
        String[] sources = IntStream.rangeClosed(1, 25).mapToObj(host -> "203.0.113." + host).toArray(String[]::new);
        AccessRequestId forgotten = shop.isGranted(sources);
        await().untilAsserted(() -> assertThat(shop.told(forgotten)).hasSize(25).containsOnly(OPEN));
        try (Connection connection = database.getConnection(); PreparedStatement lose = connection.prepareStatement("delete from opening where service = ?")) {
            lose.setString(1, shop.name().toString());
            assertThat(lose.executeUpdate()).isEqualTo(25);
        }

        reconciler.poke(List.of(shop.name()));
        await().untilAsserted(() -> Shop.olga().get("/reconciliation?limit=200").then().statusCode(200)
            .body("items.find { it.service == '" + shop.name() + "' }.outcome", equalTo("removal-refused"))
            .body("items.find { it.service == '" + shop.name() + "' }.detail", startsWith("25 are let in of whom no grant is known")));
        await().untilAsserted(() -> assertThat(RestAssured.get(metricsUrl).asString()).contains("postern_removals_refused 1"));
        assertThat(shop.letIn()).hasSize(25);

        AccessRequestId fresh = shop.isGranted("198.51.100.1");
        shop.awaits(fresh, OPEN);
        assertThat(shop.letIn()).hasSize(26);
        shop.ends(fresh);
        shop.awaits(fresh, OPEN, CLOSED);
        assertThat(shop.letIn()).isEqualTo(Set.of(sources));
        assertThat(shop.told(forgotten)).as("nothing was told of what nobody knows").hasSize(25);

        shop.hand().deleteFirewall(shop.objects().get(0).id());
        reconciler.poke(List.of(shop.name()));
        await("the operator has taken them out").untilAsserted(() -> assertThat(RestAssured.get(metricsUrl).asString()).contains("postern_removals_refused 0"));
    }

    private static UnaryOperator<FirewallContent> edit(UnaryOperator<FirewallContent> edit) {
        return edit;
    }

    private static List<Rule> plus(List<Rule> rules, Rule more) {
        List<Rule> all = new ArrayList<>(rules);
        all.add(more);
        return all;
    }
}
