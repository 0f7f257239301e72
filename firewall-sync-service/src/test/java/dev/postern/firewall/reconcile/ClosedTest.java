// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AccessRequestId;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.ServiceName;
import dev.postern.events.SourceAddress;
import dev.postern.firewall.plan.Access;
import dev.postern.firewall.plan.FirewallContent;
import dev.postern.firewall.plan.ProviderLimits;
import dev.postern.firewall.postgres.ReconcileStore.GoneObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Closed is said only of what the provider shows as done, case by case, with the real decisions in virtual time. */
class ClosedTest {
    private static final ProviderLimits LIST = new ProviderLimits(200, 1, 1, 9, 9, 8, 12, 64, ProviderLimits.Form.LIST);
    private static final List<Long> DROPLETS = LongStream.rangeClosed(1, 12).boxed().toList();

    private final ServiceName shop = new ServiceName("shop");
    private SimulatedWorld world = new SimulatedWorld(1, ProviderLimits.DIGITALOCEAN, 1);

    private AccessRequestId isGranted(String source) {
        AccessRequestId grant = world.grant(shop, source, Duration.ofHours(5), Optional.empty());
        world.time.run(Duration.ofSeconds(3));
        assertThat(state(grant)).isEqualTo(OpeningState.OPEN);
        return grant;
    }

    private OpeningState state(AccessRequestId grant) {
        return world.tables.openings.values().stream().filter(opening -> opening.granted().requestId().equals(grant)).findFirst().orElseThrow().state();
    }

    private static Access tcp(String source) {
        return new Access(Protocol.TCP, PortRange.of("5432"), new SourceAddress(source));
    }

    /** Simulates two reads and a listing with a credential of another team. @return the object's id */
    private String isTakenForGone() {
        var object = world.tables.objects.values().iterator().next();
        world.tables.objects.remove(object.name());
        world.tables.serviceOfObject.remove(object.name());
        world.tables.gone.put(new GoneObject(object.account(), object.name(), object.id().orElseThrow()), shop);
        return object.id().get();
    }

    private void end(AccessRequestId grant) {
        world.end(grant);
        world.time.run(Duration.ofSeconds(5));
    }

    /** A list goes with its service; else an empty one is made in its place, and what was taken for gone is asked for before that. */
    private void end(AccessRequestId grant, ProviderLimits.Form form) {
        if (form == ProviderLimits.Form.LIST) {
            world.remove(shop);
            world.time.run(Duration.ofSeconds(5));
        } else {
            end(grant);
        }
    }

    @Test
    void anObjectIsDeletedAndClosedIsSaidWhenItsDetachingIsDoneHoweverLongThatTakes() {
        world.protect("shop");
        AccessRequestId one = isGranted("203.0.113.1");
        world.provider.slowness = 1;
        end(one);
        world.time.run(Duration.ofSeconds(8));
        assertThat(world.provider.objects).as("its detaching takes 15 seconds").hasSize(1);
        assertThat(state(one)).isEqualTo(OpeningState.CLOSING);
        world.time.run(Duration.ofSeconds(12));
        assertThat(state(one)).isEqualTo(OpeningState.CLOSED);
        assertThat(world.provider.objects).isEmpty();
        assertThat(world.wrong).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(ProviderLimits.Form.class)
    void anObjectThatWasTakenForGoneIsAskedForBeforeAnybodyIsClosed(ProviderLimits.Form form) {
        world = world(form);
        world.protect("shop");
        AccessRequestId one = isGranted("203.0.113.1");
        isTakenForGone();
        end(one, form);
        assertThat(world.shown(shop)).isEmpty();
        assertThat(state(one)).isEqualTo(OpeningState.CLOSED);
        assertThat(world.wrong).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(ProviderLimits.Form.class)
    void nobodyIsClosedWhileAnObjectThatWasTakenForGoneCannotBeRead(ProviderLimits.Form form) {
        world = world(form);
        world.protect("shop");
        AccessRequestId one = isGranted("203.0.113.1");
        world.provider.unreadable.add(isTakenForGone());
        end(one, form);
        assertThat(state(one)).isEqualTo(OpeningState.CLOSING);
        world.provider.unreadable.clear();
        world.time.run(Duration.ofSeconds(10));
        assertThat(world.shown(shop)).isEmpty();
        assertThat(state(one)).isEqualTo(OpeningState.CLOSED);
        assertThat(world.wrong).isEmpty();
    }

    @Test
    void aRevocationIsOutOfOneObjectThoughAnotherThatWasTakenForGoneCannotBeRead() {
        world.protect("shop", DROPLETS);
        AccessRequestId one = isGranted("203.0.113.1");
        isGranted("203.0.113.2");
        String unreadable = isTakenForGone();
        world.provider.unreadable.add(unreadable);
        end(one);
        assertThat(world.provider.objects.values().stream().filter(object -> !object.id.equals(unreadable))).isNotEmpty()
            .allSatisfy(object -> assertThat(object.accesses()).isEqualTo(Set.of(tcp("203.0.113.2"))));
        assertThat(state(one)).as("the other one may let it in").isEqualTo(OpeningState.CLOSING);
        world.provider.unreadable.clear();
        world.time.run(Duration.ofSeconds(10));
        assertThat(world.shown(shop)).isEqualTo(Set.of(tcp("203.0.113.2")));
        assertThat(state(one)).isEqualTo(OpeningState.CLOSED);
        assertThat(world.wrong).isEmpty();
    }

    @Test
    void anObjectThatIsShownAgainIsOursThoughAnotherOfOursHasItsName() {
        world.protect("shop");
        AccessRequestId one = isGranted("203.0.113.1");
        SimulatedProvider.Held object = world.provider.objects.get(isTakenForGone());
        GoneObject gone = world.tables.gone.keySet().iterator().next();
        object.content = new FirewallContent("theirs", object.content.inbound(), object.content.attachment());
        world.tables.gone.clear();
        isGranted("203.0.113.2");
        assertThat(world.tables.objects.keySet()).as("made in its place").containsExactly(gone.name());
        world.tables.gone.put(gone, shop);
        end(one);
        assertThat(world.shown(shop)).isEqualTo(Set.of(tcp("203.0.113.2")));
        assertThat(state(one)).isEqualTo(OpeningState.CLOSED);
        assertThat(world.wrong).isEmpty();
    }

    /** A provider that no longer shows a deleted object says nothing of the Droplets that the deletion has not come to. */
    @Test
    void addressIsOutBeforeAnObjectIsDeletedWhoseDetachingIsRefused() {
        world.protect("shop");
        AccessRequestId one = isGranted("203.0.113.1");
        world.provider.refusesDetaching = true;
        world.provider.deletesAfter = Duration.ofHours(5);
        end(one);
        assertThat(world.shown(shop)).as("who gets in").isEmpty();
        assertThat(state(one)).isEqualTo(OpeningState.CLOSED);
        assertThat(world.provider.objects).isEmpty();
        assertThat(world.provider.effective()).as("the deletion is never carried out").hasSize(1)
            .allSatisfy(object -> assertThat(object.accesses()).isEqualTo(Set.of(Access.NOBODY)));
        assertThat(world.wrong).isEmpty();
    }

    @Test
    void addressIsOutThoughDetachingIsRefusedAndTheNameIsTakenOrADropletIsGone() {
        for (boolean renamed : new boolean[] {true, false}) {
            world = world(ProviderLimits.Form.FIREWALL);
            world.protect("shop", DROPLETS);
            AccessRequestId one = isGranted("203.0.113.1");
            world.provider.refusesDetaching = true;
            world.provider.deletesAfter = Duration.ofHours(5);
            if (renamed) {
                world.provider.objects.values().stream().map(object -> object.content.name()).toList().forEach(world::addForeign);
            } else {
                world.provider.destroyedDroplets.add(3L); // of which the objects are attached to still, as they are shown
            }
            end(one);
            world.time.run(Duration.ofSeconds(10));
            assertThat(world.shown(shop)).as("who gets in").isEmpty();
            assertThat(state(one)).isEqualTo(OpeningState.CLOSED);
            assertThat(world.wrong).isEmpty();
        }
    }

    @Test
    void emptiedObjectWhoseDetachingIsRefusedOpensAgainAtTheNextGrant() {
        world.protect("shop");
        AccessRequestId one = isGranted("203.0.113.1");
        world.provider.refusesDetaching = true;
        world.provider.missingScopes.add("delete");
        end(one);
        assertThat(state(one)).isEqualTo(OpeningState.CLOSED);
        isGranted("203.0.113.2");
        assertThat(world.shown(shop)).isEqualTo(Set.of(tcp("203.0.113.2")));
        assertThat(world.provider.objects).hasSize(1);
        assertThat(world.tables.published.stream().flatMap(event -> event.drift().stream())).isEmpty();
        assertThat(world.wrong).isEmpty();
    }

    @Test
    void nobodyIsClosedWhileTheOnlyChangeThatIsTakenIsADeletionThatMayBeUnderWay() {
        world.protect("shop");
        AccessRequestId one = isGranted("203.0.113.1");
        world.provider.missingScopes.add("update");
        world.provider.deletesAfter = Duration.ofSeconds(15);
        end(one);
        assertThat(world.provider.objects).isEmpty();
        assertThat(world.shown(shop)).as("the deletion is not carried out yet").hasSize(1);
        assertThat(state(one)).isEqualTo(OpeningState.CLOSING);
        world.time.run(Duration.ofSeconds(35));
        assertThat(world.shown(shop)).isEmpty();
        assertThat(state(one)).isEqualTo(OpeningState.CLOSED);
        assertThat(world.wrong).isEmpty();
    }

    /** The last read was before the address was let in: it proves nothing. */
    @Test
    void nobodyIsClosedWhileAnObjectThatWasChangedSinceItsLastReadCannotBeRead() {
        world.protect("shop");
        AccessRequestId one = isGranted("203.0.113.1");
        world.provider.slowness = 1;
        end(one);
        AccessRequestId two = world.grant(shop, "203.0.113.2", Duration.ofHours(5), Optional.empty());
        SimulatedProvider.Held object = world.provider.objects.values().iterator().next();
        for (int step = 0; step < 1_000 && !object.accesses().contains(tcp("203.0.113.2")); step++) {
            world.time.run(Duration.ofMillis(10));
        }
        world.provider.unreadable.add(object.id);
        world.end(two);
        world.time.run(Duration.ofSeconds(12));
        assertThat(state(two)).isEqualTo(OpeningState.CLOSING);
        assertThat(object.accesses()).as("it is taken out all the same").doesNotContain(tcp("203.0.113.2"));
        world.provider.unreadable.clear();
        world.provider.slowness = 0;
        world.time.run(Duration.ofSeconds(40));
        assertThat(state(two)).isEqualTo(OpeningState.CLOSED);
        assertThat(world.shown(shop)).isEmpty();
        assertThat(world.wrong).isEmpty();
    }

    private static SimulatedWorld world(ProviderLimits.Form form) {
        return new SimulatedWorld(1, form == ProviderLimits.Form.LIST ? LIST : ProviderLimits.DIGITALOCEAN, 1);
    }
}
