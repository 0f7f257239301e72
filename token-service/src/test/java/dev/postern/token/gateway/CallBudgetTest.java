package dev.postern.token.gateway;

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
        CallBudget budget = new CallBudget(100, 10_000, 30);
        assertThat(taken(budget, ONE, 100, NOW) + taken(budget, TWO, 100, NOW)).isEqualTo(70);
    }

    @Test
    void aLoneTokenLeavesRoomForTheNext() {
        CallBudget budget = new CallBudget(100, 10_000, 0);
        assertThat(taken(budget, ONE, 1_000, NOW)).isEqualTo(90);
        assertThat(taken(budget, TWO, 1_000, NOW)).isEqualTo(10);
    }

    @Test
    void tokensThatCallTogetherGetEqualParts() {
        CallBudget budget = new CallBudget(100, 10_000, 0);
        int one = 0;
        int two = 0;
        for (int i = 0; i < 200; i++) {
            one += taken(budget, ONE, 1, NOW);
            two += taken(budget, TWO, 1, NOW);
        }
        assertThat(one).isEqualTo(50);
        assertThat(two).isEqualTo(50);
    }

    @Test
    void whatWasTakenIsFreeAgainAfterAMinuteAndTheRefusalSaysWhen() {
        CallBudget budget = new CallBudget(10, 10_000, 0);
        assertThat(taken(budget, ONE, 100, NOW)).isEqualTo(9);
        assertThat(budget.take(ONE, NOW + 1_000)).hasValueSatisfying(wait -> assertThat(wait).isBetween(Duration.ofSeconds(58), Duration.ofSeconds(60)));
        assertThat(budget.take(ONE, NOW + 60_000)).isEmpty();
    }

    @Test
    void theHourBindsToo() {
        CallBudget budget = new CallBudget(0, 20, 0);
        assertThat(taken(budget, ONE, 100, NOW)).isEqualTo(18);
        assertThat(budget.take(ONE, NOW + 60_000)).isPresent();
        assertThat(budget.take(ONE, NOW + 3_600_000)).isEmpty();
    }

    @Test
    void whatTheProviderSaysIsLeftKeepsTheReservedShareEvenIfOthersUsedIt() {
        CallBudget budget = new CallBudget(0, 5_000, 30);
        budget.heard(1_502, NOW / 1_000 + 600);
        assertThat(taken(budget, ONE, 10, NOW)).isEqualTo(2);
        assertThat(budget.take(ONE, NOW)).contains(Duration.ofSeconds(60));
        budget.heard(5_000, NOW / 1_000 + 600);
        assertThat(budget.take(ONE, NOW)).isEmpty();
    }

    @Test
    void withoutLimitsEverythingFits() {
        CallBudget budget = new CallBudget(0, 0, 30);
        budget.heard(0, NOW / 1_000 + 600);
        assertThat(taken(budget, ONE, 10_000, NOW)).isEqualTo(10_000);
    }

    private static int taken(CallBudget budget, TokenId token, int tries, long now) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += budget.take(token, now).isEmpty() ? 1 : 0;
        }
        return taken;
    }

    private static TokenId token(int number) {
        return TokenId.of(new UUID(0x4000L, 0x8000_0000_0000_0000L | number).toString());
    }
}
