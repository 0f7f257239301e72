// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AccountName;
import dev.postern.events.ResourceName;
import dev.postern.events.TokenIssued;
import dev.postern.events.TokenRevoked;
import dev.postern.token.Examples;
import dev.postern.token.status.TokenTable.Answer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TokenTableTest {
    private static final long MS = 1_000_000;
    private static final Instant END = Examples.NOON.plus(Examples.ASKED_FOR);
    private static final ResourceName DROPLET = new ResourceName("do:droplet:7");
    /** The digest of what the tokens open. */
    static final String DETAILS = "d".repeat(64);
    private final TokenTable table = new TokenTable();

    static TokenStatus with(int token) {
        return new TokenStatus(Examples.ID, false, Optional.of(new TokenStatus.Token(Examples.tokenId(token), Examples.digest(token), new AccountName("acme"),
            "portal", DETAILS, END, Map.of())));
    }

    static TokenStatus without(boolean expired) {
        return new TokenStatus(Examples.ID, expired, Optional.empty());
    }

    static TokenIssued issued(int token) {
        return new TokenIssued(Examples.tokenId(token), Examples.ID, new AccountName("acme"), Examples.digest(token).value(), Examples.oneOfEach(),
            Examples.NOON, END);
    }

    static TokenRevoked revoked(int token, TokenRevoked.Cause cause) {
        return new TokenRevoked(Examples.tokenId(token), Examples.ID, Examples.digest(token).value(), cause, Examples.NOON);
    }

    static Freshness at(long ms) {
        return new Freshness(ms * MS, ms, Examples.NOON.toEpochMilli() + ms);
    }

    private Answer look(int token, long ms) {
        return table.find(Examples.secret(token).sha256(), ms * MS, ms, ms * MS);
    }

    private static Answer known(TokenState state) {
        return new Answer.Known(state);
    }

    private LiveGrant live(int token, long ms) {
        return ((TokenState.Live) ((Answer.Known) look(token, ms)).state()).grant();
    }

    @Test
    void nothingIsKnownBeforeAProof() {
        table.issued(issued(1), DETAILS, 0);
        assertThat(look(1, 1)).isEqualTo(Answer.NOT_PROVED);
    }

    @Test
    void kafkaAloneMakesNoTokenLive() {
        table.everything(List.of(), at(10));
        table.issued(issued(1), DETAILS, 11 * MS);
        assertThat(look(1, 12)).isEqualTo(Answer.NOT_PROVED);
        table.changes(List.of(), List.of(), at(13));
        assertThat(table.find(Examples.secret(1).sha256(), 14 * MS, 14, 12 * MS)).isEqualTo(known(new TokenState.Unknown()));
    }

    @Test
    void postgresAloneDoesNotSayWhatItOpens() {
        table.everything(List.of(with(1)), at(10));
        assertThat(look(1, 11)).isEqualTo(Answer.OPENS_WHAT);
    }

    @Test
    void bothTogetherMakeItLiveInEitherOrder() {
        table.everything(List.of(with(1)), at(10));
        table.issued(issued(1), DETAILS, 11 * MS);
        assertThat(live(1, 12).details()).isEqualTo(Examples.oneOfEach());
        table.issued(issued(2), DETAILS, 13 * MS);
        table.changes(List.of(with(2)), List.of(), at(14));
        assertThat(live(2, 15).tokenId()).isEqualTo(Examples.tokenId(2));
    }

    @Test
    void memoryAnswersForHalfASecondAndNoLonger() {
        table.issued(issued(1), DETAILS, 0);
        table.everything(List.of(with(1)), at(10));
        assertThat(look(1, 10 + Freshness.HOLDS_MS)).isInstanceOf(Answer.Known.class);
        assertThat(look(1, 11 + Freshness.HOLDS_MS)).isEqualTo(Answer.NOT_PROVED);
    }

    @Test
    void machineThatWasSuspendedProvesNothing() {
        table.issued(issued(1), DETAILS, 0);
        table.everything(List.of(with(1)), at(10));
        assertThat(table.find(Examples.secret(1).sha256(), 11 * MS, 60_000, 11 * MS)).isEqualTo(Answer.NOT_PROVED);
    }

    @Test
    void rotatedTokenIsDeadWithTheNextAnswer() {
        table.issued(issued(1), DETAILS, 0);
        table.issued(issued(2), DETAILS, 0);
        table.everything(List.of(with(1)), at(10));
        table.issued(issued(2), DETAILS, 11 * MS);
        table.changes(List.of(with(2)), List.of(), at(12));
        assertThat(look(1, 13)).isEqualTo(known(new TokenState.Revoked()));
        assertThat(live(2, 13).requestId()).isEqualTo(Examples.ID);
        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void revocationFromKafkaHoldsAtOnceAndAnOlderAnswerOfPostgresDoesNotUndoIt() {
        table.issued(issued(1), DETAILS, 0);
        table.everything(List.of(with(1)), at(10));
        table.revoked(revoked(1, TokenRevoked.Cause.REVOKED));
        assertThat(look(1, 11)).isEqualTo(known(new TokenState.Revoked()));
        table.changes(List.of(with(1)), List.of(), at(9));
        assertThat(look(1, 11)).isEqualTo(known(new TokenState.Revoked()));
    }

    @Test
    void revocationThatComesBeforeItsIssuanceIsRemembered() {
        table.revoked(revoked(1, TokenRevoked.Cause.ROTATED));
        table.issued(issued(1), DETAILS, 0);
        table.everything(List.of(with(1)), at(10));
        assertThat(look(1, 11)).isEqualTo(known(new TokenState.Revoked()));
    }

    @Test
    void deadTokenIsDeadWithoutAnyProof() {
        table.everything(List.of(with(1)), at(10));
        table.changes(List.of(without(false)), List.of(), at(20));
        assertThat(look(1, 60_000)).isEqualTo(known(new TokenState.Revoked()));
    }

    @Test
    void endsByTheClockOfPostgresAndNotALittleLater() {
        table.issued(issued(1), DETAILS, 0);
        table.everything(List.of(with(1)), new Freshness(0, 0, END.toEpochMilli() - 100));
        assertThat(look(1, 50)).isInstanceOf(Answer.Known.class).isNotEqualTo(known(new TokenState.Expired()));
        assertThat(look(1, 100)).isEqualTo(known(new TokenState.Expired()));
    }

    @Test
    void sweptTokenIsCalledExpired() {
        table.everything(List.of(with(1)), at(10));
        table.changes(List.of(without(true)), List.of(), at(20));
        assertThat(look(1, 21)).isEqualTo(known(new TokenState.Expired()));
    }

    @Test
    void tokenMissingFromANewConnectionsPollIsDead() {
        table.issued(issued(1), DETAILS, 0);
        table.everything(List.of(with(1)), at(10));
        table.everything(List.of(), at(20));
        assertThat(look(1, 21)).isEqualTo(known(new TokenState.Revoked()));
    }

    @Test
    void createdResourceIsPartOfTheGrantOnceAndOutlivesARotation() {
        table.issued(issued(1), DETAILS, 0);
        table.everything(List.of(with(1)), at(10));
        TokenTable.Created created = new TokenTable.Created(Examples.ID, 1, Set.of(DROPLET));
        table.created(created);
        LiveGrant grown = live(1, 11);
        assertThat(grown.created()).isEqualTo(Map.of(1, Set.of(DROPLET)));
        table.changes(List.of(), List.of(created), at(12));
        assertThat(live(1, 13)).isSameAs(grown);
        table.issued(issued(2), DETAILS, 14 * MS);
        TokenStatus.Token token = with(2).token().orElseThrow();
        table.changes(List.of(new TokenStatus(Examples.ID, false, Optional.of(new TokenStatus.Token(token.id(), token.digest(), token.account(), token.owner(),
            token.detailsDigest(), END, Map.of(1, Set.of(DROPLET)))))), List.of(), at(15));
        assertThat(live(2, 16).created()).isEqualTo(Map.of(1, Set.of(DROPLET)));
    }

    @Test
    void deletedResourceIsKnownHoweverTheGrantBecameKnown() {
        TokenStatus.Token token = with(1).token().orElseThrow();
        TokenStatus deleted = new TokenStatus(Examples.ID, false, Optional.of(new TokenStatus.Token(token.id(), token.digest(), token.account(), token.owner(),
            token.detailsDigest(), END, Map.of(), Set.of(DROPLET))));
        table.everything(List.of(deleted), at(10));
        table.opens(Examples.digest(1), Examples.oneOfEach());
        assertThat(live(1, 11).deleted()).as("by a process that starts anew").containsExactly(DROPLET);
        table.created(new TokenTable.Created(Examples.ID, 1, Set.of(DROPLET)));
        assertThat(live(1, 12).deleted()).as("made anew").isEmpty();
        table.created(new TokenTable.Created(Examples.ID, 1, Set.of(DROPLET), true));
        assertThat(live(1, 13).deleted()).containsExactly(DROPLET);
        table.changes(List.of(deleted), List.of(), at(14));
        assertThat(live(1, 15).deleted()).as("stated again").containsExactly(DROPLET);
    }

    @Test
    void deletionThatIsHeardOfBeforeTheGrantIsOpenedIsKept() {
        table.everything(List.of(with(1)), at(10));
        table.created(new TokenTable.Created(Examples.ID, 1, Set.of(DROPLET)));
        table.gone(Examples.ID, DROPLET);
        table.opens(Examples.digest(1), Examples.oneOfEach());
        assertThat(live(1, 11).deleted()).containsExactly(DROPLET);
    }

    @Test
    void recordOfWiderDetailsIsNotBelievedWheneverItComes() {
        TokenIssued forged = new TokenIssued(Examples.tokenId(1), Examples.ID, new AccountName("acme"), Examples.digest(1).value(),
            List.of(Examples.oneOfEach().get(0), Examples.oneOfEach().get(0)), Examples.NOON, END);
        assertThat(table.issued(forged, "f".repeat(64), 0)).as("nothing is known to compare it with").isTrue();
        table.everything(List.of(with(1)), at(10));
        assertThat(look(1, 11)).as("the row is to be read").isEqualTo(Answer.OPENS_WHAT);
        assertThat(table.issued(forged, "f".repeat(64), 12 * MS)).isFalse();
        assertThat(look(1, 13)).isEqualTo(Answer.OPENS_WHAT);
        table.opens(Examples.digest(1), Examples.oneOfEach());
        assertThat(live(1, 14).details()).isEqualTo(Examples.oneOfEach());
        assertThat(table.issued(forged, "f".repeat(64), 15 * MS)).isFalse();
        assertThat(live(1, 16).details()).isEqualTo(Examples.oneOfEach());
    }

    @Test
    void grantIsCompiledOnce() {
        table.issued(issued(1), DETAILS, 0);
        table.everything(List.of(with(1)), at(10));
        assertThat(live(1, 11).grant()).isSameAs(live(1, 12).grant());
    }
}
