// SPDX-License-Identifier: Apache-2.0
package dev.postern.token;

import static dev.postern.token.Examples.ID;
import static dev.postern.token.Examples.PORTAL;
import static dev.postern.token.Examples.REPLACEMENT;
import static dev.postern.token.Examples.STRANGER;
import static dev.postern.token.Examples.asked;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AccessRequested;
import dev.postern.events.Outcome;
import dev.postern.events.Requester;
import dev.postern.token.RequestAccess.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RequestAccessTest {
    private static final RequestContent MOVED = asked(REPLACEMENT, PORTAL, Optional.of(ID));

    @Test
    void aNewRequestIsTakenInAndTold() {
        Outcome<Answer> outcome = new RequestAccess(asked()).decide(Optional.empty(), Optional.empty(), 0);
        assertThat(outcome.next()).isInstanceOf(Answer.Accepted.class);
        assertThat(outcome.events()).singleElement().isInstanceOfSatisfying(AccessRequested.class,
            event -> assertThat(event.requestDigest()).isEqualTo(asked().digest()).matches("[0-9a-f]{64}"));
    }

    @Test
    void theSameAskedAgainIsTheSameRequestWhateverHasBecomeOfIt() {
        for (AccessRequest existing : List.of(Examples.pending(), Examples.withToken(), Examples.denied(), Examples.ended())) {
            Outcome<Answer> outcome = new RequestAccess(asked()).decide(Optional.of(existing), Optional.empty(), 0);
            assertThat(outcome.next()).isEqualTo(new Answer.AlreadyExists(existing));
            assertThat(outcome.events()).isEmpty();
        }
    }

    @Test
    void rolesAndTheHourAreNoContent() {
        Requester promoted = new Requester(PORTAL.kind(), PORTAL.subject(), PORTAL.client(), List.of("requester", "operator"));
        RequestContent later = RequestContent.sealed(ID, asked().account(), promoted, asked().onBehalfOf(), asked().authorizationDetails(), asked().duration(),
            asked().replaces(), asked().reason(), asked().requestedAt().plusSeconds(5));
        assertThat(new RequestAccess(later).decide(Optional.of(Examples.pending()), Optional.empty(), 0).next())
            .isInstanceOf(Answer.AlreadyExists.class);
    }

    @Test
    void otherContentUnderTheSameIdIsRefused() {
        RequestContent longer = RequestContent.sealed(ID, asked().account(), PORTAL, asked().onBehalfOf(), asked().authorizationDetails(), Duration.ofHours(9),
            asked().replaces(), asked().reason(), asked().requestedAt());
        assertThat(new RequestAccess(longer).decide(Optional.of(Examples.pending()), Optional.empty(), 0).next())
            .isInstanceOf(Answer.ExistsWithDifferentContent.class);
    }

    @Test
    void anIdOfSomebodyElseIsInUseAndNothingMoreIsSaid() {
        assertThat(new RequestAccess(asked(ID, STRANGER, Optional.empty())).decide(Optional.of(Examples.ended()), Optional.empty(), 0).next())
            .isInstanceOf(Answer.IdInUse.class);
    }

    @Test
    void onlyAnOwnRequestIsReplaced() {
        assertThat(new RequestAccess(MOVED).decide(Optional.empty(), Optional.of(Examples.granted()), 0).next()).isInstanceOf(Answer.Accepted.class);
        assertThat(new RequestAccess(MOVED).decide(Optional.empty(), Optional.empty(), 0).next()).isInstanceOf(Answer.NothingToReplace.class);
        AccessRequest foreign = new AccessRequest.Pending(asked(ID, STRANGER, Optional.empty()), Openings.NONE);
        assertThat(new RequestAccess(MOVED).decide(Optional.empty(), Optional.of(foreign), 0).next()).isInstanceOf(Answer.NothingToReplace.class);
    }

    @Test
    void anOwnerWithTooManyOpenQuestionsWaits() {
        assertThat(new RequestAccess(asked()).decide(Optional.empty(), Optional.empty(), Limits.PENDING_PER_OWNER_MAX - 1).next())
            .isInstanceOf(Answer.Accepted.class);
        assertThat(new RequestAccess(asked()).decide(Optional.empty(), Optional.empty(), Limits.PENDING_PER_OWNER_MAX).next())
            .isInstanceOf(Answer.TooManyPending.class);
    }

    @Test
    void theDigestChangesWithEachMember() {
        RequestContent replacing = asked(ID, PORTAL, Optional.of(REPLACEMENT));
        RequestContent foreign = asked(ID, STRANGER, Optional.empty());
        RequestContent other = asked(REPLACEMENT, PORTAL, Optional.empty());
        assertThat(List.of(asked().digest(), replacing.digest(), foreign.digest(), other.digest())).doesNotHaveDuplicates();
        assertThat(asked().digest()).isEqualTo(asked().digest());
    }
}
