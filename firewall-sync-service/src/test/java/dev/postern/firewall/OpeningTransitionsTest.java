// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall;

import static dev.postern.firewall.Examples.LATER;
import static dev.postern.firewall.Examples.NOW;
import static dev.postern.firewall.Examples.TAGGED;
import static dev.postern.firewall.Examples.granted;
import static dev.postern.firewall.Examples.shown;
import static dev.postern.firewall.Examples.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.ServiceName;
import dev.postern.firewall.plan.Access;
import dev.postern.firewall.plan.AttachedGroup;
import dev.postern.firewall.plan.DesiredState;
import dev.postern.firewall.plan.ProviderLimits;
import dev.postern.firewall.plan.ShownFirewall;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Transitions of openings once the provider shows the planned state. */
class OpeningTransitionsTest {
    private static final Instant SHOWN = NOW.plusSeconds(2);
    private static final Access ACCESS = tcp(5432, "203.0.113.7");
    private static final Opening AWAITED = new Opening.Awaited(granted(ACCESS), NOW, Optional.empty());
    private static final Opening OPEN = new Opening.Open(granted(ACCESS), NOW);
    private static final Opening CLOSING = new Opening.Closing(granted(ACCESS, LATER.plusSeconds(9)), NOW, Optional.of("revoked"));

    @Test
    void anAddressIsWantedOnceHoweverManyGrantsNeedIt() {
        assertThat(wanted(List.of(AWAITED, OPEN, CLOSING), NOW)).containsExactly(ACCESS);
        assertThat(wanted(List.of(CLOSING), NOW)).isEmpty();
    }

    @Test
    void shownAccessOpensAndMissingAccessCloses() {
        assertThat(changed(NOW, AWAITED)).containsExactly(new Opening.Open(AWAITED.granted(), SHOWN));
        assertThat(changed(NOW, CLOSING)).containsExactly(new Opening.Closed(CLOSING.granted(), SHOWN, Optional.of("revoked")));
        assertThat(changed(NOW, OPEN)).isEmpty();
    }

    @Test
    void anEndedGrantWhoseAddressAnotherHoldsIsClosedAndSaysSo() {
        assertThat(changed(NOW, OPEN, CLOSING)).containsExactly(new Opening.Closed(CLOSING.granted(), SHOWN, Optional.of("still open for another grant")));
    }

    @Test
    void anEndedGrantWithinABlockThatAnotherHoldsSaysSo() {
        Opening block = new Opening.Open(granted(tcp(5432, "203.0.113.0/24")), NOW);
        assertThat(changed(NOW, block, CLOSING)).extracting(Opening::detail).containsExactly(Optional.of("still open for another grant"));
    }

    @Test
    void openingExpiredBeforeThePlanIsClosed() {
        Opening due = new Opening.Open(granted(ACCESS, NOW), NOW.minusSeconds(60));
        assertThat(changed(NOW, due)).containsExactly(new Opening.Closed(due.granted(), SHOWN, Optional.of("expired")));
    }

    @Test
    void openingExpiredBetweenPlanAndReadIsLeftToTheNextPlan() {
        Opening soon = new Opening.Open(granted(ACCESS, NOW.plusMillis(1)), NOW.minusSeconds(60));
        assertThat(changed(NOW, soon)).isEmpty();
    }

    @Test
    void eachIsToldAsSoonAsTheProviderShowsItWhateverElseIsStillToBeDone() {
        Opening other = new Opening.Awaited(granted(tcp(5432, "203.0.113.8")), NOW, Optional.empty());
        Opening going = new Opening.Closing(granted(tcp(5432, "203.0.113.9")), NOW, Optional.of("revoked"));
        List<Opening> all = List.of(AWAITED, other, going);
        Set<Access> wanted = wanted(all, NOW);
        assertThat(OpeningTransitions.changed(all, wanted, new OpeningTransitions.Shown(groups(ACCESS, tcp(5432, "203.0.113.9")), List.of(), true), NOW, SHOWN))
            .containsExactly(new Opening.Open(AWAITED.granted(), SHOWN));
        assertThat(OpeningTransitions.changed(all, wanted, new OpeningTransitions.Shown(groups(), List.of(), true), NOW, SHOWN))
            .containsExactly(new Opening.Closed(going.granted(), SHOWN, Optional.of("revoked")));
    }

    @Test
    void openingStillShownAtAFormerAccountIsNotClosed() {
        ShownFirewall left = shown("b", "postern-shop-db-1", Set.of(ACCESS));
        assertThat(OpeningTransitions.changed(List.of(CLOSING), Set.of(), new OpeningTransitions.Shown(groups(), List.of(left), true), NOW, SHOWN)).isEmpty();
    }

    @Test
    void accessMissingInOnePartOfTheAttachmentIsNotOpen() {
        List<AttachedGroup> parts = List.of(new AttachedGroup(TAGGED, List.of(shown("a", "postern-shop-db-1", Set.of(ACCESS)))),
            new AttachedGroup(TAGGED, List.of()));
        assertThat(OpeningTransitions.changed(List.of(AWAITED), Set.of(ACCESS), new OpeningTransitions.Shown(parts, List.of(), true), NOW, SHOWN)).isEmpty();
        assertThat(OpeningTransitions.lost(List.of(OPEN), parts, true, NOW, SHOWN)).hasSize(1);
        assertThat(OpeningTransitions.lost(List.of(OPEN), parts, false, NOW, SHOWN)).as("our own change").isEmpty();
    }

    @Test
    void aNewGrantOfTheSameProlongsWithoutAGap() {
        Opening ending = new Opening.Open(granted(ACCESS, NOW), NOW.minusSeconds(60));
        List<Opening> both = List.of(ending, AWAITED);
        Set<Access> wanted = wanted(both, NOW);
        assertThat(Examples.plan(ProviderLimits.DIGITALOCEAN, wanted, groups(ACCESS).get(0).own(), Set.of()).calls())
            .as("nothing to ask of the provider").isEmpty();
        assertThat(changed(NOW, ending, AWAITED)).containsExactly(
            new Opening.Closed(ending.granted(), SHOWN, Optional.of("still open for another grant")), new Opening.Open(AWAITED.granted(), SHOWN));
    }

    @Test
    void expiredAccessThatIsGoneWasRemovedByOurselves() {
        Opening over = new Opening.Open(granted(ACCESS, NOW), NOW.minusSeconds(60));
        assertThat(OpeningTransitions.lost(List.of(over), groups(), true, NOW, SHOWN)).isEmpty();
        assertThat(OpeningTransitions.lost(List.of(over), groups(), true, NOW.minusMillis(1), SHOWN)).hasSize(1);
    }

    @Test
    void onlyWhatWasToldAsOpenCanBeLost() {
        List<Opening> openings = List.of(OPEN, new Opening.Awaited(granted(tcp(5432, "203.0.113.8")), NOW, Optional.empty()));
        assertThat(OpeningTransitions.lost(openings, groups(), true, NOW, SHOWN)).containsExactly(
            new Opening.Awaited(OPEN.granted(), SHOWN, Optional.of("the provider no longer showed it")));
        assertThat(OpeningTransitions.lost(openings, groups(ACCESS), true, NOW, SHOWN)).isEmpty();
    }

    @Test
    void nothingIsClosedWhileAnAccountHasNotAnsweredOrWhileNobodyKnowsHowACallOfOursEnds() {
        assertThat(OpeningTransitions.changed(List.of(CLOSING), Set.of(), new OpeningTransitions.Shown(groups(), List.of(), false), NOW, SHOWN)).isEmpty();
        for (ShownFirewall.Progress progress : List.of(ShownFirewall.Progress.FAILED, ShownFirewall.Progress.PENDING)) {
            ShownFirewall unsure = new ShownFirewall("a", "postern-shop-db-1", List.of(), List.of(), TAGGED, progress);
            List<AttachedGroup> here = List.of(new AttachedGroup(TAGGED, List.of(unsure)));
            assertThat(OpeningTransitions.changed(List.of(CLOSING), Set.of(), new OpeningTransitions.Shown(here, List.of(), true), NOW, SHOWN)).isEmpty();
        }
    }

    @Test
    void nobodyIsToldAsOpenAfterTheirEndOrInAnObjectThatOthersDetached() {
        Opening soon = new Opening.Awaited(granted(ACCESS, NOW.plusMillis(1)), NOW, Optional.empty());
        assertThat(changed(NOW, soon)).isEmpty();
        ShownFirewall detached = Examples.attached(shown("a", "postern-shop-db-1", Set.of(ACCESS)), DesiredState.NOTHING);
        List<AttachedGroup> here = List.of(new AttachedGroup(TAGGED, List.of(detached)));
        assertThat(OpeningTransitions.changed(List.of(AWAITED), Set.of(ACCESS), new OpeningTransitions.Shown(here, List.of(), true), NOW, SHOWN)).isEmpty();
        assertThat(OpeningTransitions.lost(List.of(OPEN), here, true, NOW, SHOWN)).hasSize(1);
    }

    @Test
    void aBlockOfWhichAnotherGrantHoldsAPartSaysSo() {
        Opening block = new Opening.Closing(granted(tcp(5432, "203.0.113.0/24")), NOW, Optional.of("revoked"));
        assertThat(changed(NOW, OPEN, block)).extracting(Opening::detail).containsExactly(Optional.of("partly still open for another grant"));
    }

    @Test
    void closedNamesTheServiceThatLetsTheSameSourceIn() {
        Opening closed = new Opening.Closed(granted(ACCESS, NOW), NOW, Optional.of("revoked"));
        ServiceName neighbour = new ServiceName("neighbour");
        assertThat(OpeningTransitions.heldElsewhere(Map.of(CLOSING, closed), Map.of(ACCESS, neighbour)).values()).extracting(Opening::detail)
            .containsExactly(Optional.of("revoked; service neighbour lets it in: still open for another grant"));
        assertThat(OpeningTransitions.heldElsewhere(Map.of(CLOSING, closed), Map.of(tcp(5432, "203.0.113.99"), neighbour))).containsValue(closed);
        assertThat(OpeningTransitions.heldElsewhere(Map.of(AWAITED, OPEN), Map.of(ACCESS, neighbour))).as("opens").containsValue(OPEN);
    }

    private static List<Opening> changed(Instant plannedAt, Opening... openings) {
        List<Opening> all = List.of(openings);
        Set<Access> wanted = wanted(all, plannedAt);
        return OpeningTransitions.changed(all, wanted, new OpeningTransitions.Shown(groups(wanted.toArray(Access[]::new)), List.of(), true), plannedAt, SHOWN);
    }

    private static Set<Access> wanted(List<Opening> openings, Instant now) {
        return OpeningTransitions.wanted(openings, now);
    }

    private static List<AttachedGroup> groups(Access... shown) {
        List<ShownFirewall> own = shown.length == 0 ? List.of() : List.of(shown("a", "postern-shop-db-1", Set.of(shown)));
        return AttachedGroup.of(Optional.of(TAGGED), own, ProviderLimits.DIGITALOCEAN);
    }
}
