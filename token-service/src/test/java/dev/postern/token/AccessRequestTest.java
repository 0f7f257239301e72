// SPDX-License-Identifier: Apache-2.0
package dev.postern.token;

import static dev.postern.token.Examples.ADDRESS;
import static dev.postern.token.Examples.ASKED_FOR;
import static dev.postern.token.Examples.ID;
import static dev.postern.token.Examples.NOON;
import static dev.postern.token.Examples.PORTAL;
import static dev.postern.token.Examples.REPLACEMENT;
import static dev.postern.token.Examples.SHOP_DB;
import static dev.postern.token.Examples.asked;
import static dev.postern.token.Examples.digest;
import static dev.postern.token.Examples.shown;
import static dev.postern.token.Examples.tokenId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccessEnded;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.events.Outcome;
import dev.postern.events.TokenIssued;
import dev.postern.events.TokenRevoked;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AccessRequestTest {
    private static final Instant LATER = NOON.plusSeconds(300);

    @Test
    void aGrantOpensEachSourceOfEachOpeningAndRunsFromTheDecision() {
        AccessRequest.Granted granted = Examples.granted();
        assertThat(granted.validUntil()).isEqualTo(NOON.plus(ASKED_FOR));
        assertThat(granted.openings().all()).extracting(Opening::state).containsExactly(OpeningState.OPENING, OpeningState.OPENING);
        assertThat(granted.token()).isEmpty();
    }

    @Test
    void aDecisionOfAnotherRequestIsNotFollowed() {
        AccessDecided foreign = Examples.decided(asked(), AccessDecided.Decision.GRANTED, asked().authorizationDetails(),
            Optional.of(NOON.plusSeconds(60)), "0".repeat(64));
        assertThatIllegalArgumentException().isThrownBy(() -> Examples.pending().onGranted(foreign));
        assertThatIllegalArgumentException().isThrownBy(() -> Examples.pending().onDenied(foreign));
    }

    @Test
    void aGrantForLongerThanAskedOrWithoutEndIsNotFollowed() {
        AccessDecided longer = Examples.decided(asked(), AccessDecided.Decision.GRANTED, asked().authorizationDetails(),
            Optional.of(NOON.plus(ASKED_FOR).plusSeconds(1)), asked().digest());
        AccessDecided endless = Examples.decided(asked(), AccessDecided.Decision.GRANTED, asked().authorizationDetails(), Optional.empty(),
            asked().digest());
        assertThatIllegalArgumentException().isThrownBy(() -> Examples.pending().onGranted(longer));
        assertThatIllegalArgumentException().isThrownBy(() -> Examples.pending().onGranted(endless));
    }

    @Test
    void firewallEventBeforeTheDecisionIsKept() {
        AccessRequest early = Examples.pending().onOpeningsChanged(SHOP_DB, 4, List.of(shown(ADDRESS.value(), OpeningState.OPEN))).next();
        AccessRequest granted = early.onGranted(Examples.granted(asked())).next();
        assertThat(granted.openings().all()).extracting(Opening::state).containsExactly(OpeningState.OPEN, OpeningState.OPENING);
    }

    @Test
    void aTokenIsIssuedOnceGrantedAndTheEarlierOneDies() {
        Outcome<AccessRequest> first = Examples.granted().issueToken(tokenId(1), digest(1), NOON);
        assertThat(first.events()).singleElement().isInstanceOf(TokenIssued.class);
        Outcome<AccessRequest> second = first.next().issueToken(tokenId(2), digest(2), LATER);
        assertThat(second.events()).containsExactly(
            new TokenRevoked(tokenId(1), ID, digest(1).value(), TokenRevoked.Cause.ROTATED, LATER, Optional.of(Examples.BY)),
            new TokenIssued(tokenId(2), ID, asked().account(), digest(2).value(), asked().authorizationDetails(), LATER, NOON.plus(ASKED_FOR),
                Optional.of(Examples.BY)));
    }

    @Test
    void noTokenIsIssuedForAGrantWhoseTimeIsOverThoughTheSweepIsLate() {
        Outcome<AccessRequest> late = Examples.withToken().issueToken(tokenId(2), digest(2), NOON.plus(ASKED_FOR));
        assertThat(late.next().status()).isEqualTo(Status.ENDED);
        assertThat(late.events()).extracting(event -> event.getClass().getSimpleName()).containsExactly("AccessEnded", "TokenRevoked");
    }

    @Test
    void aRevokedTokenIsDeadAndTheAccessStays() {
        Outcome<AccessRequest> revoked = Examples.withToken().revokeToken(digest(1), Examples.BY, LATER);
        assertThat(revoked.events())
            .containsExactly(new TokenRevoked(tokenId(1), ID, digest(1).value(), TokenRevoked.Cause.REVOKED, LATER, Optional.of(Examples.BY)));
        assertThat(revoked.next().status()).isEqualTo(Status.GRANTED);
        assertThat(revoked.next().revokeToken(digest(1), Examples.BY, LATER).events()).isEmpty();
    }

    @Test
    void anotherDigestRevokesNothing() {
        AccessRequest withToken = Examples.withToken();
        assertThat(withToken.revokeToken(digest(2), Examples.BY, LATER)).isEqualTo(Outcome.unchanged(withToken));
    }

    @Test
    void theOwnersEndKillsTheTokenAndClosesTheOpenings() {
        Outcome<AccessRequest> ended = Examples.withToken().revoke(Examples.BY, LATER);
        assertThat(ended.events()).containsExactly(
            new AccessEnded(ID, asked().account(), AccessEnded.Cause.REVOKED, Optional.of(PORTAL.subject()), Optional.empty(), LATER,
                Optional.of(PORTAL.client())),
            new TokenRevoked(tokenId(1), ID, digest(1).value(), TokenRevoked.Cause.ENDED, LATER, Optional.of(Examples.BY)));
        assertThat(ended.next().openings().all()).extracting(Opening::state).containsOnly(OpeningState.CLOSING);
        assertThat(ended.next().settled()).isFalse();
    }

    @Test
    void aReplacedRequestSaysWhatTookItsPlace() {
        Outcome<AccessRequest> replaced = Examples.granted().replacedBy(REPLACEMENT, LATER);
        assertThat(replaced.events()).containsExactly(new AccessEnded(ID, asked().account(), AccessEnded.Cause.REPLACED,
            Optional.of(PORTAL.subject()), Optional.of(REPLACEMENT), LATER, Optional.of(PORTAL.client())));
    }

    @Test
    void aGrantExpiresAtItsEndAndNotBefore() {
        Instant end = NOON.plus(ASKED_FOR);
        AccessRequest withToken = Examples.withToken();
        assertThat(withToken.expire(end.minusNanos(1))).isEqualTo(Outcome.unchanged(withToken));
        assertThat(withToken.expire(end).events()).containsExactly(
            new AccessEnded(ID, asked().account(), AccessEnded.Cause.EXPIRED, Optional.empty(), Optional.empty(), end),
            new TokenRevoked(tokenId(1), ID, digest(1).value(), TokenRevoked.Cause.EXPIRED, end));
    }

    @Test
    void aGrantThatComesAfterTheEndGivesNothing() {
        AccessRequest ended = Examples.pending().revoke(Examples.BY, LATER).next();
        assertThat(ended.onGranted(Examples.granted(asked()))).isEqualTo(Outcome.unchanged(ended));
    }

    @Test
    void olderNewsOfTheFirewallChangeNothing() {
        AccessRequest open = Examples.granted().onOpeningsChanged(SHOP_DB, 7, List.of(shown(ADDRESS.value(), OpeningState.OPEN))).next();
        AccessRequest older = open.onOpeningsChanged(SHOP_DB, 6, List.of(shown(ADDRESS.value(), OpeningState.OPENING))).next();
        assertThat(older).isEqualTo(open);
    }

    @Test
    void anOpeningThatCloudDriftClosedCanOpenAgainWhileTheGrantHolds() {
        AccessRequest closed = Examples.granted().onOpeningsChanged(SHOP_DB, 7, List.of(shown(ADDRESS.value(), OpeningState.CLOSED))).next();
        AccessRequest open = closed.onOpeningsChanged(SHOP_DB, 8, List.of(shown(ADDRESS.value(), OpeningState.OPEN))).next();
        assertThat(open.openings().all().get(0).state()).isEqualTo(OpeningState.OPEN);
    }

    @Test
    void afterTheEndNothingOpensAnyMoreAndTheLastClosedOpeningSettlesIt() {
        AccessRequest ended = Examples.ended();
        AccessRequest late = ended.onOpeningsChanged(SHOP_DB, 9, List.of(shown(ADDRESS.value(), OpeningState.OPEN))).next();
        assertThat(late).isEqualTo(ended);
        AccessRequest closed = late.onOpeningsChanged(SHOP_DB, 10,
            List.of(shown(ADDRESS.value(), OpeningState.CLOSED), shown("2001:db8::/64", OpeningState.CLOSED))).next();
        assertThat(closed.settled()).isTrue();
    }

    @Test
    void anOpeningThatIsHeardOfOnlyAfterTheEndIsShownAsClosing() {
        AccessRequest ended = Examples.pending().revoke(Examples.BY, LATER).next();
        AccessRequest told = ended.onOpeningsChanged(SHOP_DB, 3, List.of(shown(ADDRESS.value(), OpeningState.OPEN))).next();
        assertThat(told.openings().all()).extracting(Opening::state).containsExactly(OpeningState.CLOSING);
        assertThat(told.settled()).isFalse();
    }
}
