package dev.postern.token.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AccountName;
import dev.postern.events.TokenId;
import dev.postern.token.gateway.BudgetBook;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An account's budget over two replicas and a real database; each test has an account of its own. */
@QuarkusTest
class CountedBudgetsIT {
    private static final int NO_LIMIT = Integer.MAX_VALUE;
    private static final int HUNDRED = 100;

    @Inject Vertx vertx;
    @Inject Pool pool;
    private final TokenId one = new TokenId(UUID.randomUUID());
    private final TokenId two = new TokenId(UUID.randomUUID());
    private AccountName account;
    private List<CountedBudgets> replicas;

    @BeforeEach
    void twoReplicas() {
        account = new AccountName("a" + UUID.randomUUID());
        replicas = List.of(new CountedBudgets(vertx, pool), new CountedBudgets(vertx, pool));
    }

    @Test
    void aLoneTokenLeavesRoomForTheNext() {
        assertThat(taken(ask(one, 1_000, HUNDRED, NO_LIMIT))).isEqualTo(90);
        assertThat(taken(ask(two, 1_000, HUNDRED, NO_LIMIT))).isEqualTo(10);
    }

    @Test
    void tokensThatCallTogetherGetEqualPartsAndTogetherNoMoreThanThereIs() {
        List<BudgetBook.Answer> ones = new ArrayList<>();
        List<BudgetBook.Answer> twos = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ones.addAll(ask(one, 20, HUNDRED, NO_LIMIT));
            twos.addAll(ask(two, 20, HUNDRED, NO_LIMIT));
        }
        assertThat(taken(ones)).isEqualTo(50);
        assertThat(taken(twos)).isEqualTo(50);
    }

    @Test
    void manyTokensOverTwoReplicasAtOnceTakeNoMoreThanThereIs() {
        List<Future<BudgetBook.Answer>> asked = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            asked.add(replicas.get(i % 2).take(account, new TokenId(new UUID(0x4000L, 0x8000_0000_0000_0000L | i % 40)), HUNDRED, NO_LIMIT));
        }
        assertThat(taken(asked.stream().map(CountedBudgetsIT::get).toList())).isEqualTo(HUNDRED);
        CountedBudgets restarted = new CountedBudgets(vertx, pool);
        assertThat(get(restarted.take(account, one, HUNDRED, NO_LIMIT))).isInstanceOf(BudgetBook.Spent.class);
    }

    @Test
    void whatWasTakenIsFreeAgainAfterAMinuteAndTheRefusalSaysWhen() {
        assertThat(taken(ask(one, HUNDRED, 10, NO_LIMIT))).isEqualTo(9);
        assertThat(get(replicas.get(1).take(account, one, 10, NO_LIMIT))).isInstanceOfSatisfying(BudgetBook.Spent.class,
            spent -> assertThat(spent.freeIn()).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(60)));
        passes(1, 60);
        assertThat(taken(ask(one, HUNDRED, 10, NO_LIMIT))).isEqualTo(9);
    }

    @Test
    void theHourBindsToo() {
        assertThat(taken(ask(one, HUNDRED, NO_LIMIT, 20))).isEqualTo(18);
        passes(1, 60);
        passes(60, 1);
        assertThat(get(replicas.get(0).take(account, one, NO_LIMIT, 20))).isInstanceOfSatisfying(BudgetBook.Spent.class,
            spent -> assertThat(spent.freeIn()).isBetween(Duration.ofMinutes(57), Duration.ofMinutes(60)));
        passes(60, 60);
        assertThat(taken(ask(one, HUNDRED, NO_LIMIT, 20))).isEqualTo(18);
    }

    @Test
    void whatNoLongerCountsIsNotKept() {
        ask(one, 10, HUNDRED, NO_LIMIT);
        passes(1, 60);
        passes(60, 60);
        ask(two, 1, HUNDRED, NO_LIMIT);
        assertThat(get(pool.preparedQuery("select token_id from budget_use where account = $1").execute(Tuple.of(account.toString()))))
            .extracting(row -> row.getUUID(0)).containsOnly(two.value());
    }

    @Test
    void accountsHaveNothingToDoWithEachOther() {
        assertThat(taken(ask(one, HUNDRED, 10, NO_LIMIT))).isEqualTo(9);
        account = new AccountName("b" + UUID.randomUUID());
        assertThat(taken(ask(one, HUNDRED, 10, NO_LIMIT))).isEqualTo(9);
    }

    /** So many slots pass: all that was taken lies further back. */
    private void passes(int slotSeconds, int slots) {
        get(pool.preparedQuery("update budget_use set slot = slot - $3 where account = $1 and slot_seconds = $2").execute(Tuple.of(account.toString(), slotSeconds, slots)));
    }

    private List<BudgetBook.Answer> ask(TokenId token, int calls, int perMinute, int perHour) {
        List<Future<BudgetBook.Answer>> asked = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            asked.add(replicas.get(i % 2).take(account, token, perMinute, perHour));
        }
        return asked.stream().map(CountedBudgetsIT::get).toList();
    }

    private static long taken(List<BudgetBook.Answer> answers) {
        assertThat(answers).noneMatch(BudgetBook.Unavailable.class::isInstance);
        return answers.stream().filter(BudgetBook.Taken.class::isInstance).count();
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException failure) {
            throw new AssertionError(failure);
        }
    }
}
