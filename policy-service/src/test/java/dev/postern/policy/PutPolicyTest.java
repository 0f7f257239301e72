// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import static dev.postern.policy.SampleRequests.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.Actor;
import dev.postern.events.Outcome;
import dev.postern.events.PolicyChanged;
import dev.postern.events.PolicyId;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class PutPolicyTest {
    private static final PolicyId ID = new PolicyId("p");
    private static final StoredPolicy STORED = new StoredPolicy(ID, "old", 5, "paul", NOW);

    private static final Actor PAUL = new Actor("paul", "policy-console");
    private static final Actor PIA = new Actor("pia", "pipeline");
    private static final Predicate<Optional<String>> NO_CONDITION = etag -> true;
    private static final Predicate<Optional<String>> ANY = Optional::isPresent;

    private static PutPolicy.Locked set(int policies, StoredPolicy current) {
        return new PutPolicy.Locked(8, policies, 10_000, Optional.ofNullable(current));
    }

    @Test
    void eachChangeMakesTheNextVersionAndTellsIt() {
        Outcome<PolicyPut> created = PutPolicy.decide(ID, "new", set(3, null), NO_CONDITION, false, PAUL, NOW);
        assertThat(created.next()).isEqualTo(new PolicyPut.Created(new StoredPolicy(ID, "new", 9, "paul", NOW)));
        assertThat(created.events()).containsExactly(new PolicyChanged(ID, 9, Optional.of("new"), false, "paul", NOW, Optional.of("policy-console")));

        Outcome<PolicyPut> replaced = PutPolicy.decide(ID, "new", set(3, STORED), ANY, true, PIA, NOW);
        assertThat(replaced.next()).isEqualTo(new PolicyPut.Replaced(new StoredPolicy(ID, "new", 9, "pia", NOW)));
        assertThat(replaced.events()).hasSize(1);

        Outcome<PolicyRemoved> removed = RemovePolicy.decide(ID, set(3, STORED), NO_CONDITION, PIA, NOW);
        assertThat(removed.next()).isEqualTo(new PolicyRemoved.Removed(9));
        assertThat(removed.events()).containsExactly(new PolicyChanged(ID, 9, Optional.empty(), true, "pia", NOW, Optional.of("pipeline")));
    }

    @Test
    void theSameTextIsNoChange() {
        Outcome<PolicyPut> again = PutPolicy.decide(ID, "old", set(3, STORED), NO_CONDITION, false, PIA, NOW);
        assertThat(again).isEqualTo(Outcome.unchanged(new PolicyPut.Unchanged(STORED)));
    }

    @Test
    void theSetHas1000PoliciesAtMostAndAFullSetCanStillBeChanged() {
        assertThat(PutPolicy.decide(ID, "new", set(999, null), NO_CONDITION, false, PAUL, NOW).next()).isInstanceOf(PolicyPut.Created.class);
        Outcome<PolicyPut> tooMany = PutPolicy.decide(ID, "new", set(1_000, null), NO_CONDITION, false, PAUL, NOW);
        assertThat(tooMany).isEqualTo(Outcome.unchanged(new PolicyPut.TooMany(1_000)));
        assertThat(PutPolicy.decide(ID, "new", set(1_000, STORED), ANY, true, PAUL, NOW).next()).isInstanceOf(PolicyPut.Replaced.class);
    }

    @Test
    void anotherTextReplacesOneOnlyWhereTheAuthorSaysSo() {
        assertThat(PutPolicy.decide(ID, "new", set(3, STORED), NO_CONDITION, false, PAUL, NOW))
            .isEqualTo(Outcome.unchanged(new PolicyPut.PreconditionRequired()));
        assertThat(PutPolicy.decide(ID, "new", set(3, STORED), etag -> !etag.equals(Optional.of("\"4\"")), false, PAUL, NOW).next())
            .isInstanceOf(PolicyPut.PreconditionRequired.class);
        assertThat(PutPolicy.decide(ID, "new", set(3, STORED), ANY, true, PAUL, NOW).next()).isInstanceOf(PolicyPut.Replaced.class);
        assertThat(PutPolicy.decide(ID, "new", set(3, STORED), etag -> etag.equals(Optional.of(STORED.etag())), true, PAUL, NOW).next())
            .isInstanceOf(PolicyPut.Replaced.class);
    }

    @Test
    void textsOfASetAreBoundedTogetherAndALongSetCanBecomeShorter() {
        PutPolicy.Locked full = new PutPolicy.Locked(8, 40, PutPolicy.SET_BYTES_MAX, Optional.empty());
        assertThat(PutPolicy.decide(ID, "new", full, NO_CONDITION, false, PAUL, NOW))
            .isEqualTo(Outcome.unchanged(new PolicyPut.TooLong(PutPolicy.SET_BYTES_MAX)));
        PutPolicy.Locked over = new PutPolicy.Locked(8, 40, PutPolicy.SET_BYTES_MAX + 100, Optional.of(STORED));
        assertThat(PutPolicy.decide(ID, "x", over, ANY, true, PAUL, NOW).next()).isInstanceOf(PolicyPut.Replaced.class);
    }

    @Test
    void whatIsNotThereCannotBeTakenAway() {
        assertThat(RemovePolicy.decide(ID, set(3, null), NO_CONDITION, PIA, NOW)).isEqualTo(Outcome.unchanged(new PolicyRemoved.Unknown()));
    }

    @Test
    void changeWhosePreconditionDoesNotHoldChangesNothing() {
        Predicate<Optional<String>> other = etag -> etag.equals(Optional.of("\"4\""));
        assertThat(PutPolicy.decide(ID, "new", set(3, STORED), other, true, PAUL, NOW)).isEqualTo(Outcome.unchanged(new PolicyPut.PreconditionFailed()));
        assertThat(PutPolicy.decide(ID, "new", set(3, null), ANY, true, PAUL, NOW)).isEqualTo(Outcome.unchanged(new PolicyPut.PreconditionFailed()));
        assertThat(RemovePolicy.decide(ID, set(3, STORED), other, PAUL, NOW)).isEqualTo(Outcome.unchanged(new PolicyRemoved.PreconditionFailed()));
        assertThat(RemovePolicy.decide(ID, set(3, STORED), ANY, PAUL, NOW).next()).isInstanceOf(PolicyRemoved.Removed.class);
    }
}
