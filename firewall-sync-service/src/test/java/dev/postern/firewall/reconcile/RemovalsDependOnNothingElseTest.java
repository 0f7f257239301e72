// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AccessRequestId;
import dev.postern.events.FirewallChanged.OpeningChange;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.ServiceName;
import dev.postern.events.SourceAddress;
import dev.postern.firewall.Opening;
import dev.postern.firewall.plan.Access;
import dev.postern.firewall.plan.DesiredState;
import dev.postern.firewall.plan.ProviderLimits;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everyday changes at a provider, case by case, with the real decisions in virtual time: a revocation removes the access all the same. */
class RemovalsDependOnNothingElseTest {
    private static final ProviderLimits LIST = new ProviderLimits(200, 1, 1, 9, 9, 8, 12, 64, ProviderLimits.Form.LIST);
    private static final List<Long> DROPLETS = LongStream.rangeClosed(1, 12).boxed().toList();

    private SimulatedWorld world = new SimulatedWorld(1, ProviderLimits.DIGITALOCEAN, 1);
    private final ServiceName shop = new ServiceName("shop");

    private AccessRequestId isGranted(String source) {
        AccessRequestId grant = world.grant(shop, source, Duration.ofHours(5), Optional.empty());
        world.time.run(Duration.ofSeconds(3));
        return grant;
    }

    private OpeningState state(AccessRequestId grant) {
        return world.tables.openings.values().stream().filter(opening -> opening.granted().requestId().equals(grant)).findFirst().orElseThrow().state();
    }

    private static Access tcp(String source) {
        return new Access(Protocol.TCP, PortRange.of("5432"), new SourceAddress(source));
    }

    /** One of two is revoked, and is out within five seconds, while the other stays. */
    private void aRevocationIsOut(AccessRequestId revoked) {
        world.end(revoked);
        world.time.run(Duration.ofSeconds(5));
        assertThat(world.shown(shop)).isEqualTo(Set.of(tcp("203.0.113.2")));
        assertThat(state(revoked)).isEqualTo(OpeningState.CLOSED);
        assertThat(world.wrong).isEmpty();
    }

    private AccessRequestId twoAreOpen(List<Long> droplets) {
        world.protect("shop", droplets);
        AccessRequestId one = isGranted("203.0.113.1");
        isGranted("203.0.113.2");
        assertThat(world.shown(shop)).hasSize(2);
        return one;
    }

    @Test
    void aRevocationIsOutThoughADropletWasDestroyed() {
        AccessRequestId one = twoAreOpen(DROPLETS);
        world.provider.destroyedDroplets.add(7L);
        world.forgetAttachments();
        aRevocationIsOut(one);
    }

    @Test
    void aRevocationIsOutThoughATagWasDeleted() {
        AccessRequestId one = twoAreOpen(DROPLETS);
        world.provider.deletedTags.add("tag-shop");
        world.forgetAttachments();
        aRevocationIsOut(one);
    }

    @Test
    void aRevocationIsOutThoughTheObjectWasRenamedAndItsNameTaken() {
        AccessRequestId one = twoAreOpen(List.of());
        world.rename();
        aRevocationIsOut(one);
    }

    @Test
    void aRevocationIsOutThoughANewcomerIsRefusedAndOtherNewcomersComeIn() {
        AccessRequestId one = twoAreOpen(List.of());
        world.provider.refusedSources.add(new SourceAddress("203.0.113.66"));
        isGranted("203.0.113.66");
        world.end(one);
        world.time.run(Duration.ofSeconds(5));
        assertThat(state(one)).isEqualTo(OpeningState.CLOSED);
        AccessRequestId other = isGranted("203.0.113.3");
        world.time.run(Duration.ofSeconds(20));
        assertThat(state(other)).isEqualTo(OpeningState.OPEN);
        assertThat(world.shown(shop)).isEqualTo(Set.of(tcp("203.0.113.2"), tcp("203.0.113.3")));
    }

    @Test
    void aRevocationIsOutOfAListThoughTheAccountIsFull() {
        world = new SimulatedWorld(1, LIST, 1);
        AccessRequestId one = twoAreOpen(List.of());
        world.provider.itemsMax = 2;
        isGranted("203.0.113.3");
        isGranted("203.0.113.4");
        world.end(one);
        world.time.run(Duration.ofSeconds(90));
        assertThat(state(one)).isEqualTo(OpeningState.CLOSED);
        assertThat(world.shown(shop)).as("as many as fit").hasSize(2).doesNotContain(tcp("203.0.113.1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "delete"})
    void aRevocationIsOutAndAGrantIsInThoughTheCredentialLacksAnotherScope(String scope) {
        AccessRequestId one = twoAreOpen(List.of());
        world.provider.missingScopes.add(scope);
        aRevocationIsOut(one);
        assertThat(state(isGranted("203.0.113.3"))).isEqualTo(OpeningState.OPEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "update", "delete"})
    void theLastRevocationIsOutThoughTheCredentialLacksOneScope(String scope) {
        world.protect("shop");
        AccessRequestId one = isGranted("203.0.113.1");
        world.provider.missingScopes.add(scope);
        world.end(one);
        world.time.run(Duration.ofSeconds(5));
        assertThat(world.shown(shop)).isEmpty();
        // Without firewall:update the object is deleted while it lets somebody in, and nothing shows when that is carried out.
        assertThat(state(one)).isEqualTo(scope.equals("update") ? OpeningState.CLOSING : OpeningState.CLOSED);
        world.time.run(Duration.ofSeconds(30));
        assertThat(state(one)).isEqualTo(OpeningState.CLOSED);
        world.provider.missingScopes.clear();
        world.time.run(Duration.ofMinutes(2));
        assertThat(world.provider.objects).isEmpty();
        assertThat(world.wrong).isEmpty();
    }

    @Test
    void anObjectThatTheCredentialMayNotMakeLeavesNoNoteOfOneThatMayCome() {
        world.protect("shop");
        world.provider.missingScopes.add("create");
        isGranted("203.0.113.1");
        assertThat(world.tables.objects).as("403 is a definite answer").isEmpty();
        world.provider.missingScopes.clear();
        world.time.run(Duration.ofMinutes(2));
        assertThat(world.shown(shop)).hasSize(1);
        assertThat(world.provider.objects.values()).extracting(object -> object.content.name()).containsExactly("postern-shop-1");
    }

    /** The provider takes three seconds for each call, so the second object is asked for when the grant is over. */
    @Test
    void whoseGrantEndsBetweenTwoCallsOfARunIsInNoCallAfterIt() {
        world.protect("shop", DROPLETS);
        world.pokesLost = 0;
        world.time.run(Duration.ofSeconds(5));
        world.provider.answersAfter = Duration.ofSeconds(3);
        world.grant(shop, "203.0.113.1", Duration.ofSeconds(5), Optional.empty());
        world.time.run(Duration.ofSeconds(10));
        assertThat(world.provider.objects).as("the first object of two was made in time").hasSize(1);
        world.time.run(Duration.ofMinutes(3));
        assertThat(world.wrong).as("asked to let in after the end").isEmpty();
        assertThat(world.shown(shop)).isEmpty();
    }

    @Test
    void whoseGrantEndsBetweenTwoChangesOfARunIsInNoChangeAfterIt() {
        world.protect("shop", DROPLETS);
        world.pokesLost = 0;
        isGranted("203.0.113.2");
        world.provider.answersAfter = Duration.ofSeconds(1);
        world.grant(shop, "203.0.113.1", Duration.ofMillis(900), Optional.empty());
        world.time.run(Duration.ofSeconds(2));
        assertThat(world.provider.objects.values().stream().filter(object -> object.accesses().contains(tcp("203.0.113.1")))).as("in time").hasSize(1);
        world.time.run(Duration.ofMinutes(3));
        assertThat(world.wrong).as("asked to let in after the end").isEmpty();
        assertThat(world.shown(shop)).isEqualTo(Set.of(tcp("203.0.113.2")));
    }

    @Test
    void aRevocationIsOutThoughOneObjectOfTwoCannotBeReadAndIsClosedWhenItCan() {
        AccessRequestId one = twoAreOpen(DROPLETS);
        String unreadable = world.provider.objects.keySet().iterator().next();
        world.provider.unreadable.add(unreadable);
        world.provider.listingFails = true;
        world.end(one);
        world.time.run(Duration.ofSeconds(5));
        assertThat(world.provider.objects.values()).as("out of both").allSatisfy(object -> assertThat(object.accesses()).isEqualTo(Set.of(tcp("203.0.113.2"))));
        assertThat(state(one)).as("nothing is claimed of what cannot be read").isEqualTo(OpeningState.CLOSING);
        world.provider.unreadable.clear();
        world.provider.listingFails = false;
        world.time.run(Duration.ofSeconds(10));
        assertThat(state(one)).isEqualTo(OpeningState.CLOSED);
        assertThat(world.wrong).isEmpty();
    }

    @Test
    void aRevocationIsOutThoughNothingCanBeRead() {
        AccessRequestId one = twoAreOpen(List.of());
        world.provider.listingFails = true;
        world.provider.unreadable.addAll(world.provider.objects.keySet());
        world.end(one);
        world.time.run(Duration.ofSeconds(5));
        assertThat(world.shown(shop)).isEqualTo(Set.of(tcp("203.0.113.2")));
        assertThat(state(one)).isEqualTo(OpeningState.CLOSING);
        world.provider.listingFails = false;
        world.provider.unreadable.clear();
        world.time.run(Duration.ofSeconds(10));
        assertThat(state(one)).isEqualTo(OpeningState.CLOSED);
        assertThat(world.wrong).isEmpty();
    }

    @Test
    void aRevocationIsOutThoughTheCredentialMayNotRead() {
        AccessRequestId one = twoAreOpen(List.of());
        world.provider.missingScopes.add("read");
        world.end(one);
        world.time.run(Duration.ofSeconds(5));
        assertThat(world.shown(shop)).isEqualTo(Set.of(tcp("203.0.113.2")));
        assertThat(state(one)).isEqualTo(OpeningState.CLOSING);
    }

    @Test
    void aRevocationIsOutThoughAnotherObjectIsGoneAndListingsFail() {
        AccessRequestId one = twoAreOpen(DROPLETS);
        world.provider.listingFails = true;
        world.provider.objects.remove(world.provider.objects.keySet().iterator().next());
        world.disturbed();
        world.end(one);
        world.time.run(Duration.ofSeconds(5));
        assertThat(world.shown(shop)).isEqualTo(Set.of(tcp("203.0.113.2")));
        world.provider.listingFails = false;
        world.time.run(Duration.ofMinutes(2));
        assertThat(state(one)).isEqualTo(OpeningState.CLOSED);
        assertThat(world.provider.objects).hasSize(2);
        assertThat(world.wrong).isEmpty();
    }

    @Test
    void foreignAccessInOneObjectIsInNoOtherAndIsNotRestored() {
        twoAreOpen(DROPLETS);
        world.flood(true);
        world.time.run(Duration.ofMinutes(3));
        assertThat(world.shown(shop)).as("beside those who are held where others wrote them").hasSize(2);
        assertThat(world.provider.objects.values().stream().filter(object -> object.accesses().size() > 2)).as("held in one object").hasSize(1);
        world.clean();
        world.time.run(Duration.ofMinutes(3));
        assertThat(world.provider.objects.values()).allSatisfy(object -> assertThat(object.accesses()).hasSize(2));
        assertThat(world.wrong).isEmpty();
    }

    @Test
    void accessesThatNoGrantCouldExplainAreRemovedAtOnceInAnyNumber() {
        twoAreOpen(DROPLETS);
        world.flood(false);
        world.time.run(Duration.ofSeconds(65));
        assertThat(world.shown(shop)).hasSize(2);
    }

    @Test
    void closedIsNotSaidWhileADeletionThatWasAnsweredIsNotCarriedOut() {
        world.protect("shop");
        AccessRequestId one = isGranted("203.0.113.1");
        world.provider.deletesAfter = Duration.ofHours(5);
        world.end(one);
        world.time.run(Duration.ofSeconds(20));
        assertThat(state(one)).isEqualTo(OpeningState.CLOSED);
        assertThat(world.provider.effective()).as("the deletion is never carried out").hasSize(1);
        assertThat(world.shown(shop)).as("who gets in").isEmpty();
        assertThat(world.wrong).isEmpty();
    }

    @Test
    void anObjectThatWasNotFoundForAMinuteIsTakenBack() {
        world.protect("shop");
        AccessRequestId one = isGranted("203.0.113.1");
        world.provider.otherTeam = true;
        world.amiss();
        world.end(one);
        world.time.run(Duration.ofMinutes(2));
        assertThat(world.shown(shop)).as("nobody could take it out").hasSize(1);
        world.provider.otherTeam = false;
        world.mended(Duration.ZERO);
        world.time.run(Duration.ofMinutes(3));
        assertThat(world.shown(shop)).isEmpty();
        assertThat(world.provider.objects).isEmpty();
    }

    @Test
    void theLastObjectOfADropletWithoutAnotherFirewallStaysAndLetsNobodyIn() {
        world.protect("shop", DROPLETS);
        world.tables.lastWall = true;
        AccessRequestId one = isGranted("203.0.113.1");
        world.end(one);
        world.time.run(Duration.ofSeconds(5));
        assertThat(state(one)).isEqualTo(OpeningState.CLOSED);
        for (int look = 0; look < 3; look++) {
            assertThat(world.provider.objects.values()).as("one for each part of the attachment").hasSize(2).allSatisfy(object -> {
                assertThat(object.content.attachment()).isNotEqualTo(DesiredState.NOTHING);
                assertThat(object.accesses()).isEqualTo(Set.of(Access.NOBODY));
            });
            world.time.run(Duration.ofMinutes(2));
        }
        assertThat(world.tables.published.stream().flatMap(event -> event.drift().stream())).isEmpty();
        isGranted("203.0.113.2");
        assertThat(world.shown(shop)).isEqualTo(Set.of(tcp("203.0.113.2")));
        assertThat(world.provider.objects).hasSize(2);

        world.provider.destroyedDroplets.add(7L);
        world.forgetAttachments();
        world.tables.openings.values().stream().filter(Opening::live).map(opening -> opening.granted().requestId()).toList().forEach(world::end);
        world.time.run(Duration.ofSeconds(5));
        assertThat(world.shown(shop)).isEmpty();
        assertThat(world.provider.objects.values()).as("a refused body does not detach it either").hasSize(2)
            .allSatisfy(object -> assertThat(object.content.attachment()).isNotEqualTo(DesiredState.NOTHING));

        world.tables.lastWall = false;
        world.time.run(Duration.ofMinutes(2));
        assertThat(world.provider.objects).as("another firewall protects the Droplets now").isEmpty();
        assertThat(world.wrong).isEmpty();
    }

    @Test
    void aServiceThatIsTakenAwayLeavesNoObjectThoughItIsTheLast() {
        world.protect("shop");
        world.tables.lastWall = true;
        AccessRequestId one = isGranted("203.0.113.1");
        world.end(one);
        world.time.run(Duration.ofSeconds(5));
        world.remove(shop);
        world.time.run(Duration.ofMinutes(2));
        assertThat(world.provider.objects).isEmpty();
    }

    @Test
    void anObjectThatTookOurNextNameIsNeverWritten() {
        world.protect("shop");
        world.provider.nameRace = 1;
        world.grant(shop, "203.0.113.1", Duration.ofHours(5), Optional.empty());
        world.time.run(Duration.ofSeconds(1));
        world.provider.nameRace = 0;
        world.time.run(Duration.ofSeconds(30));
        assertThat(world.provider.objects.values().stream().filter(object -> object.foreign)).isNotEmpty()
            .allSatisfy(theirs -> assertThat(theirs.content.attachment().tags()).containsExactly("theirs"));
        assertThat(world.shown(shop)).isEqualTo(Set.of(tcp("203.0.113.1")));
        assertThat(world.wrong).isEmpty();
    }

    @Test
    void nobodyIsClosedWhileAnOperationOfOursThatLetsThemInIsPending() {
        world = new SimulatedWorld(1, LIST, 1);
        world.protect("shop");
        world.time.run(Duration.ofSeconds(5));
        world.provider.slowness = 1;
        AccessRequestId one = world.grant(shop, "203.0.113.1", Duration.ofHours(5), Optional.empty());
        world.time.run(Duration.ofSeconds(1));
        world.end(one);
        world.grant(shop, "203.0.113.2", Duration.ofHours(5), Optional.empty());
        world.time.run(Duration.ofSeconds(8));
        assertThat(state(one)).as("its operation takes 15 seconds").isEqualTo(OpeningState.CLOSING);
        world.time.run(Duration.ofSeconds(60));
        assertThat(state(one)).isEqualTo(OpeningState.CLOSED);
        assertThat(world.shown(shop)).isEqualTo(Set.of(tcp("203.0.113.2")));
        assertThat(world.wrong).isEmpty();
    }

    @Test
    void everyLateClosingIsToldExactlyOnce() {
        world.protect("shop");
        List<AccessRequestId> grants = IntStream.rangeClosed(1, 20).mapToObj(at -> world.grant(shop, "203.0.113." + at, Duration.ofHours(5), Optional.empty()))
            .toList();
        world.time.run(Duration.ofSeconds(3));
        world.amiss();
        world.provider.unreachable = true;
        grants.forEach(world::end);
        world.time.run(Duration.ofSeconds(100));
        world.provider.unreachable = false;
        world.time.run(Duration.ofSeconds(60));
        List<OpeningState> told = world.tables.published.stream().flatMap(event -> event.changes().stream())
            .map(OpeningChange::state).filter(state -> state != OpeningState.OPEN).toList();
        assertThat(told).hasSize(40);
        assertThat(told.stream().filter(OpeningState.CLOSING::equals)).hasSize(20);
    }
}
