// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.kafka;

import static dev.postern.events.FirewallChanged.OpeningState.CLOSED;
import static dev.postern.events.FirewallChanged.OpeningState.FAILED;
import static dev.postern.events.FirewallChanged.OpeningState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccessRequestId;
import dev.postern.events.FirewallChanged;
import dev.postern.firewall.real.RealFirewallService;
import dev.postern.firewall.real.Shop;
import dev.postern.firewall.real.Wire;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** From a decision on the wire to the provider and back to the wire. */
@QuarkusTest
@RealFirewallService
class OpeningIT {
    @Test
    void aGrantOpensAndItsEndCloses() {
        Shop shop = Shop.isProtected();
        AccessRequestId grant = shop.isGranted("203.0.113.7");
        shop.awaits(grant, OPEN);
        assertThat(shop.letIn()).containsExactly("203.0.113.7");
        assertThat(shop.objects()).singleElement().satisfies(object -> {
            assertThat(object.content().name()).isEqualTo("postern-" + shop.name() + "-1");
            assertThat(object.content().tags()).containsExactly("shop-db");
            assertThat(object.content().outboundRules()).isEmpty();
        });

        shop.ends(grant);
        shop.awaits(grant, OPEN, CLOSED);
        assertThat(shop.objects()).as("an object without rules can't be").isEmpty();
    }

    @Test
    void anAddressStaysWhileAnyGrantNeedsIt() {
        Shop shop = Shop.isProtected();
        AccessRequestId one = shop.isGranted("203.0.113.7");
        AccessRequestId two = shop.isGranted("203.0.113.7");
        shop.awaits(one, OPEN);
        shop.awaits(two, OPEN);

        shop.ends(one);
        shop.awaits(one, OPEN, CLOSED);
        assertThat(shop.lastTold(one).detail()).contains("still open for another grant");
        assertThat(shop.letIn()).containsExactly("203.0.113.7");

        shop.ends(two);
        shop.awaits(two, OPEN, CLOSED);
        assertThat(shop.letIn()).isEmpty();
    }

    @Test
    void closedNamesAServiceOfTheSameDropletsThatLetsTheAddressIn() {
        Shop shop = Shop.isProtected();
        Shop neighbour = Shop.isProtected();
        Shop apart = Shop.unknown().attachedTo("{\"tags\": [\"playground\"]}");
        apart.put().then().statusCode(201);
        AccessRequestId block = neighbour.isGranted("198.51.100.128/29");
        AccessRequestId one = shop.isGranted("198.51.100.130");
        AccessRequestId other = shop.isGranted("198.51.100.140");
        AccessRequestId alone = apart.isGranted("198.51.100.130");
        neighbour.awaits(block, OPEN);
        shop.awaits(one, OPEN);
        shop.awaits(other, OPEN);
        apart.awaits(alone, OPEN);
        shop.ends(one);
        shop.ends(other);
        apart.ends(alone);
        shop.awaits(one, OPEN, CLOSED);
        shop.awaits(other, OPEN, CLOSED);
        apart.awaits(alone, OPEN, CLOSED);
        assertThat(shop.lastTold(one).detail().orElseThrow()).contains("service " + neighbour.name()).endsWith("still open for another grant");
        assertThat(shop.lastTold(other).detail().orElse("")).as("outside the block").doesNotContain("still open");
        assertThat(apart.lastTold(alone).detail().orElse("")).as("on other Droplets").doesNotContain("still open");
    }

    @Test
    void closedNamesAServiceOfTheSameDropletThoughOneNamesItByTagAndTheOtherById() {
        Shop byTag = Shop.unknown().attachedTo("{\"tags\": [\"named-both-ways\"]}");
        long droplet = byTag.hand().addDroplet("named-both-ways", "named-both-ways");
        byTag.put().then().statusCode(201);
        Shop byId = Shop.unknown().attachedTo("{\"droplets\": [" + droplet + "]}");
        byId.put().then().statusCode(201);
        AccessRequestId tagged = byTag.isGranted("198.51.100.150");
        AccessRequestId named = byId.isGranted("198.51.100.150");
        byTag.awaits(tagged, OPEN);
        byId.awaits(named, OPEN);
        byTag.ends(tagged);
        byTag.awaits(tagged, OPEN, CLOSED);
        assertThat(byTag.lastTold(tagged).detail().orElseThrow()).contains("service " + byId.name()).endsWith("still open for another grant");
        AccessRequestId again = byTag.isGranted("198.51.100.150");
        byTag.awaits(again, OPEN);
        byId.ends(named);
        byId.awaits(named, OPEN, CLOSED);
        assertThat(byId.lastTold(named).detail().orElseThrow()).contains("service " + byTag.name()).endsWith("still open for another grant");
        byTag.ends(again);
        byTag.awaits(again, OPEN, CLOSED);
        assertThat(byTag.lastTold(again).detail().orElse("")).doesNotContain("still open");
    }

    @Test
    void anOpeningEndsAtItsTimeThoughNobodySaysSo() {
        Shop shop = Shop.unknown().attachedTo("{\"tags\": [\"playground\"]}"); // where no other test's service lets the address in
        shop.put().then().statusCode(201);
        AccessDecided decision = shop.decision(AccessRequestId.of(UUID.randomUUID().toString()), Instant.now().plusSeconds(3), Optional.empty(),
            "198.51.100.7");
        shop.granted(decision);
        shop.awaits(decision.requestId(), OPEN);
        shop.awaits(decision.requestId(), OPEN, CLOSED);
        assertThat(shop.lastTold(decision.requestId()).detail()).contains("expired");
        assertThat(shop.lastTold(decision.requestId()).since()).isAfterOrEqualTo(decision.validUntil().orElseThrow());
        assertThat(shop.letIn()).isEmpty();
    }

    @Test
    void aReplacementSwapsInOneCallOfTheProvider() {
        Shop shop = Shop.isProtected();
        AccessRequestId old = shop.isGranted("203.0.113.7");
        shop.awaits(old, OPEN);
        long before = shop.writes();

        AccessRequestId fresh = shop.granted(shop.decision(AccessRequestId.of(UUID.randomUUID().toString()), Instant.now().plusSeconds(3600),
            Optional.of(old), "203.0.113.8"));
        shop.awaits(fresh, OPEN);
        shop.awaits(old, OPEN, CLOSED);
        assertThat(shop.letIn()).containsExactly("203.0.113.8");
        assertThat(shop.writes() - before).isEqualTo(1);
    }

    @Test
    void aDecisionThatComesAfterItsEndOpensNothing() {
        Shop shop = Shop.isProtected();
        AccessDecided decision = shop.decision("203.0.113.7");
        AccessRequestId before = shop.isGranted("203.0.113.99");
        shop.awaits(before, OPEN);
        shop.ends(decision.requestId());
        shop.ends(before); // on the same topic after it, perhaps in another partition
        shop.awaits(before, OPEN, CLOSED);
        await().untilAsserted(() -> assertThat(shop.told(before)).containsExactly(OPEN, CLOSED));

        shop.granted(decision);
        shop.awaits(decision.requestId(), CLOSED);
        assertThat(shop.objects()).isEmpty();
    }

    @Test
    void anEventThatComesTwiceHasItsEffectOnce() {
        Shop shop = Shop.isProtected();
        AccessDecided decision = shop.decision("203.0.113.7");
        shop.granted(decision);
        shop.granted(decision);
        AccessRequestId after = shop.isGranted("203.0.113.8");
        shop.awaits(decision.requestId(), OPEN);
        shop.awaits(after, OPEN);
        shop.ends(decision.requestId());
        shop.ends(decision.requestId());
        shop.awaits(decision.requestId(), OPEN, CLOSED);
        assertThat(shop.letIn()).containsExactly("203.0.113.8");
    }

    @Test
    void openingOutsideTheServicesOfferFailsWithAReason() {
        Shop web = Shop.unknown().offers("tcp", "443");
        web.put().then().statusCode(201);
        AccessRequestId port = web.isGranted("203.0.113.7");
        web.awaits(port, FAILED);
        assertThat(web.lastTold(port).detail().orElseThrow()).startsWith("port-not-offered");

        Shop nobody = Shop.unknown();
        AccessRequestId unknown = nobody.isGranted("203.0.113.7");
        nobody.awaits(unknown, FAILED);
        assertThat(nobody.lastTold(unknown).detail().orElseThrow()).startsWith("service-unknown");

        Shop strict = Shop.isProtected();
        AccessRequestId wide = strict.isGranted("10.0.0.7");
        strict.awaits(wide, FAILED);
        assertThat(strict.lastTold(wide).detail().orElseThrow()).startsWith("source-not-public");
        assertThat(strict.objects()).isEmpty();
    }

    @Test
    void newsOfAServiceAreNumberedWithoutGaps() {
        Shop shop = Shop.isProtected();
        List<AccessRequestId> grants = java.util.stream.IntStream.range(1, 30).mapToObj(host -> shop.isGranted("203.0.113." + host)).toList();
        grants.forEach(grant -> shop.awaits(grant, OPEN));
        grants.forEach(shop::ends);
        grants.forEach(grant -> shop.awaits(grant, OPEN, CLOSED));
        List<Long> numbers = shop.told().stream().map(FirewallChanged::sequence).toList();
        assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
        assertThat(Wire.seen(FirewallChanged.class, event -> event.service().equals(shop.name()))).hasSameSizeAs(numbers);
    }

    @Test
    void aServiceThatIsTakenAwayClosesAndLeavesNothing() {
        Shop shop = Shop.isProtected();
        AccessRequestId grant = shop.isGranted("203.0.113.7");
        shop.awaits(grant, OPEN);
        Shop.olga().delete("/services/" + shop.name()).then().statusCode(204);
        shop.awaits(grant, OPEN, CLOSED);
        assertThat(shop.objects()).isEmpty();
    }
}
