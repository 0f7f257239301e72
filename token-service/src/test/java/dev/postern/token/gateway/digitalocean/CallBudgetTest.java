// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.TokenId;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CallBudgetTest {
    private static final TokenId ONE = token(1);
    private static final TokenId TWO = token(2);
    private static final long NOW = 1_800_000_000_000L;

    @Test
    void aShareIsReservedForFirewallChanges() {
        CallBudget budget = new CallBudget(250, 5_000, 30);
        assertThat(budget.perMinute()).isEqualTo(175);
        assertThat(budget.perHour()).isEqualTo(3_500);
        assertThat(budget.unlimited()).isFalse();
        assertThat(new CallBudget(2_000_000_000, 0, 30).perMinute()).as("no overflow").isEqualTo(1_400_000_000);
    }

    @Test
    void remainingCallsOfTheProviderKeepTheReservedShare() {
        CallBudget budget = new CallBudget(0, 5_000, 30);
        budget.heard(1_502, NOW / 1_000 + 600);
        int taken = 0;
        for (; budget.mustWait(ONE, NOW).isEmpty() && taken < 10; taken++) {
            budget.taken(ONE);
        }
        assertThat(taken).isEqualTo(2);
        assertThat(budget.mustWait(ONE, NOW)).contains(Duration.ofSeconds(60));
        assertThat(budget.mustWait(TWO, NOW + 590_000)).contains(Duration.ofSeconds(10));
        assertThat(budget.mustWait(ONE, NOW + 600_000)).isEmpty();
        budget.heard(5_000, NOW / 1_000 + 600);
        assertThat(budget.mustWait(ONE, NOW)).isEmpty();
    }

    @Test
    void refusedTokenCostsNoQueryForTwoSecondsAndOthersAreNotAffected() {
        CallBudget budget = new CallBudget(250, 5_000, 30);
        budget.spent(ONE, Duration.ofSeconds(40), NOW);
        assertThat(budget.mustWait(ONE, NOW)).contains(Duration.ofSeconds(40));
        assertThat(budget.mustWait(ONE, NOW + 1_999)).contains(Duration.ofSeconds(39));
        assertThat(budget.mustWait(TWO, NOW)).isEmpty();
        assertThat(budget.mustWait(ONE, NOW + 2_000)).isEmpty();
        budget.spent(ONE, Duration.ofSeconds(1), NOW);
        assertThat(budget.mustWait(ONE, NOW + 1_000)).isEmpty();
        budget.spent(TWO, Duration.ofSeconds(40), NOW);
        budget.taken(TWO);
        assertThat(budget.mustWait(TWO, NOW)).isEmpty();
    }

    @Test
    void withoutLimitsThereIsNothingToCount() {
        assertThat(new CallBudget(0, 0, 30).unlimited()).isTrue();
        assertThat(new CallBudget(250, 0, 30).unlimited()).isFalse();
        assertThat(new CallBudget(0, 5_000, 30).unlimited()).isFalse();
    }

    private static TokenId token(int number) {
        return TokenId.of(new UUID(0x4000L, 0x8000_0000_0000_0000L | number).toString());
    }
}
