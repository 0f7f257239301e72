package dev.postern.firewall;

import static dev.postern.firewall.Examples.LATER;
import static dev.postern.firewall.Examples.NOW;
import static dev.postern.firewall.Examples.TAGGED;
import static dev.postern.firewall.Examples.granted;
import static dev.postern.firewall.Examples.shown;
import static dev.postern.firewall.Examples.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What openings are once the provider shows what was planned. */
class SettleTest {
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
    void whatIsShownOpensAndWhatIsNotCloses() {
        assertThat(changed(NOW, AWAITED)).containsExactly(new Opening.Open(AWAITED.granted(), LATER));
        assertThat(changed(NOW, CLOSING)).containsExactly(new Opening.Closed(CLOSING.granted(), LATER, Optional.of("revoked")));
        assertThat(changed(NOW, OPEN)).isEmpty();
    }

    @Test
    void anEndedGrantWhoseAddressAnotherHoldsIsClosedAndSaysSo() {
        assertThat(changed(NOW, OPEN, CLOSING)).containsExactly(new Opening.Closed(CLOSING.granted(), LATER, Optional.of("still open for another grant")));
    }

    @Test
    void anEndedGrantWithinABlockThatAnotherHoldsSaysSo() {
        Opening block = new Opening.Open(granted(tcp(5432, "203.0.113.0/24")), NOW);
        assertThat(changed(NOW, block, CLOSING)).extracting(Opening::detail).containsExactly(Optional.of("still open for another grant"));
    }

    @Test
    void whatExpiredBeforeThePlanIsClosed() {
        Opening due = new Opening.Open(granted(ACCESS, NOW), NOW.minusSeconds(60));
        assertThat(changed(NOW, due)).containsExactly(new Opening.Closed(due.granted(), LATER, Optional.of("expired")));
    }

    @Test
    void whatExpiresBetweenPlanAndLookStaysForTheNextPlanForTheProviderStillShowsIt() {
        Opening soon = new Opening.Open(granted(ACCESS, NOW.plusMillis(1)), NOW.minusSeconds(60));
        assertThat(changed(NOW, soon)).isEmpty();
    }

    @Test
    void eachIsToldAsSoonAsTheProviderShowsItWhateverElseIsStillToBeDone() {
        Opening other = new Opening.Awaited(granted(tcp(5432, "203.0.113.8")), NOW, Optional.empty());
        Opening going = new Opening.Closing(granted(tcp(5432, "203.0.113.9")), NOW, Optional.of("revoked"));
        List<Opening> all = List.of(AWAITED, other, going);
        Set<Access> wanted = wanted(all, NOW);
        assertThat(Settle.changed(all, wanted, groups(ACCESS, tcp(5432, "203.0.113.9")), List.of(), NOW, LATER))
            .containsExactly(new Opening.Open(AWAITED.granted(), LATER));
        assertThat(Settle.changed(all, wanted, groups(), List.of(), NOW, LATER))
            .containsExactly(new Opening.Closed(going.granted(), LATER, Optional.of("revoked")));
    }

    @Test
    void whoIsStillLetInAtAnAccountThatTheServiceLeftIsNotClosed() {
        ShownFirewall left = shown("b", "postern-shop-db-1", Set.of(ACCESS));
        assertThat(Settle.changed(List.of(CLOSING), Set.of(), groups(), List.of(left), NOW, LATER)).isEmpty();
    }

    @Test
    void whoLacksInOnePartOfTheAttachmentIsNotOpen() {
        List<AttachedGroup> parts = List.of(new AttachedGroup(TAGGED, List.of(shown("a", "postern-shop-db-1", Set.of(ACCESS)))),
            new AttachedGroup(TAGGED, List.of()));
        assertThat(Settle.changed(List.of(AWAITED), Set.of(ACCESS), parts, List.of(), NOW, LATER)).isEmpty();
        assertThat(Settle.lost(List.of(OPEN), parts, true, NOW, LATER)).hasSize(1);
        assertThat(Settle.lost(List.of(OPEN), parts, false, NOW, LATER)).as("our own change").isEmpty();
    }

    @Test
    void aNewGrantOfTheSameProlongsWithoutAGap() {
        Opening ending = new Opening.Open(granted(ACCESS, NOW), NOW.minusSeconds(60));
        List<Opening> both = List.of(ending, AWAITED);
        Set<Access> wanted = wanted(both, NOW);
        assertThat(Examples.anew(ProviderLimits.DIGITALOCEAN, wanted, groups(ACCESS).get(0).own(), Set.of()).calls())
            .as("nothing to ask of the provider").isEmpty();
        assertThat(changed(NOW, ending, AWAITED)).containsExactly(
            new Opening.Closed(ending.granted(), LATER, Optional.of("still open for another grant")), new Opening.Open(AWAITED.granted(), LATER));
    }

    @Test
    void whoIsOverAndGoneWasTakenOutByOurselves() {
        Opening over = new Opening.Open(granted(ACCESS, NOW), NOW.minusSeconds(60));
        assertThat(Settle.lost(List.of(over), groups(), true, NOW, LATER)).isEmpty();
        assertThat(Settle.lost(List.of(over), groups(), true, NOW.minusMillis(1), LATER)).hasSize(1);
    }

    @Test
    void onlyWhatWasToldAsOpenCanBeLost() {
        List<Opening> openings = List.of(OPEN, new Opening.Awaited(granted(tcp(5432, "203.0.113.8")), NOW, Optional.empty()));
        assertThat(Settle.lost(openings, groups(), true, NOW, LATER)).containsExactly(
            new Opening.Awaited(OPEN.granted(), LATER, Optional.of("the provider no longer showed it")));
        assertThat(Settle.lost(openings, groups(ACCESS), true, NOW, LATER)).isEmpty();
    }

    private static List<Opening> changed(Instant plannedAt, Opening... openings) {
        List<Opening> all = List.of(openings);
        Set<Access> wanted = wanted(all, plannedAt);
        return Settle.changed(all, wanted, groups(wanted.toArray(Access[]::new)), List.of(), plannedAt, LATER);
    }

    private static Set<Access> wanted(List<Opening> openings, Instant now) {
        return Settle.wanted(openings, now, Wanted.NOBODY).accesses();
    }

    private static List<AttachedGroup> groups(Access... shown) {
        List<ShownFirewall> own = shown.length == 0 ? List.of() : List.of(shown("a", "postern-shop-db-1", Set.of(shown)));
        return AttachedGroup.of(Optional.of(TAGGED), own, ProviderLimits.DIGITALOCEAN);
    }
}
