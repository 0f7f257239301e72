// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import dev.postern.token.port.BudgetBook;
import dev.postern.token.real.Grants;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An account's budget over two replicas and a real database; each test has an account of its own. */
@QuarkusTest
class PostgresCallBudgetIT {
    private static final int NO_LIMIT = Integer.MAX_VALUE;
    private static final int HUNDRED = 100;

    @Inject
    Vertx vertx;
    @Inject
    Pool pool;
    @Inject
    AccessRequestStore store;
    private Grants grants;
    private BudgetBook.Sharer one;
    private BudgetBook.Sharer two;
    private AccountName account;
    private List<PostgresCallBudget> replicas;

    @BeforeEach
    void twoReplicas() {
        account = new AccountName("a" + UUID.randomUUID());
        grants = new Grants(store);
        one = live("one portal");
        two = live("another portal");
        replicas = List.of(new PostgresCallBudget(vertx, pool), new PostgresCallBudget(vertx, pool));
    }

    /** A request with a live token. */
    private BudgetBook.Sharer live(String owner) {
        AccessRequestId id = grants.grant(owner, Duration.ofMinutes(10),
            new DigitalOceanApi(new ResourceName("do:droplet:7"), List.of("droplet:read"), Optional.empty()));
        grants.collect(id);
        return new BudgetBook.Sharer(owner, id);
    }

    @Test
    void nobodysPartBindsBeforeTheBudgetIsShort() {
        assertThat(taken(ask(two, 1, HUNDRED, HUNDRED))).isEqualTo(1);
        assertThat(taken(ask(one, 79, HUNDRED, HUNDRED))).as("four fifths are free for all").isEqualTo(79);
        assertThat(taken(ask(one, 1, HUNDRED, HUNDRED))).as("then each owner's half binds").isZero();
        assertThat(taken(ask(two, 100, HUNDRED, HUNDRED))).isEqualTo(20);
    }

    @Test
    void tokensThatDiedHaveNoPart() {
        for (int i = 0; i < 25; i++) {
            BudgetBook.Sharer dead = live("one portal");
            assertThat(taken(ask(dead, 1, HUNDRED, HUNDRED))).isEqualTo(1);
            grants.end(dead.request());
        }
        assertThat(taken(ask(one, 100, HUNDRED, HUNDRED))).as("a lone one leaves a tenth").isEqualTo(65);
    }

    @Test
    void ownerWithManyTokensHasNoLargerPartThanAnotherOwner() {
        for (int i = 0; i < 60; i++) {
            assertThat(taken(ask(live("one portal"), 1, HUNDRED, HUNDRED))).isEqualTo(1);
        }
        assertThat(taken(ask(two, 100, HUNDRED, HUNDRED))).as("all that is left").isEqualTo(40);
        passes(1, 30);
        assertThat(taken(ask(live("one portal"), 10, HUNDRED, HUNDRED))).as("its half is used up").isZero();
    }

    @Test
    void requestsOfAnOwnerShareItsPart() {
        BudgetBook.Sharer sibling = live("one portal");
        ask(sibling, 1, HUNDRED, NO_LIMIT);
        ask(two, 1, HUNDRED, NO_LIMIT);
        ask(one, 78, HUNDRED, NO_LIMIT);
        assertThat(ask(one, 1, HUNDRED, NO_LIMIT)).singleElement().isInstanceOfSatisfying(BudgetBook.Spent.class,
            spent -> assertThat(spent.ownPart()).isTrue());
        assertThat(taken(ask(sibling, 100, HUNDRED, NO_LIMIT))).as("the owner's half is used by the other").isZero();
        assertThat(taken(ask(two, 100, HUNDRED, NO_LIMIT))).isEqualTo(20);
        assertThat(ask(two, 1, HUNDRED, NO_LIMIT)).singleElement().isInstanceOfSatisfying(BudgetBook.Spent.class,
            spent -> assertThat(spent.ownPart()).isFalse());
    }

    @Test
    void reportedHourlyQuotaIsTheSharersOwn() {
        ask(two, 30, NO_LIMIT, HUNDRED);
        BudgetBook.Quota first = ((BudgetBook.Taken) ask(one, 1, NO_LIMIT, HUNDRED).get(0)).quota().orElseThrow();
        assertThat(first.limit()).isEqualTo(50);
        assertThat(first.remaining()).isEqualTo(49);
        assertThat(first.resetAt()).isBetween(java.time.Instant.now().getEpochSecond() + 3_500, java.time.Instant.now().getEpochSecond() + 3_660);
        ask(one, 49, NO_LIMIT, HUNDRED);
        BudgetBook.Spent spent = (BudgetBook.Spent) ask(one, 1, NO_LIMIT, HUNDRED).get(0);
        assertThat(spent.quota().orElseThrow().remaining()).isZero();
        assertThat(spent.quota().orElseThrow().limit()).isEqualTo(50);
        assertThat(((BudgetBook.Taken) ask(two, 1, HUNDRED, NO_LIMIT).get(0)).quota()).as("nothing is counted by the hour").isEmpty();
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
            asked.add(replicas.get(i % 2).take(account,
                new BudgetBook.Sharer("portal " + i % 40, new AccessRequestId(new UUID(0x4000L, 0x8000_0000_0000_0000L | i % 40))), HUNDRED, NO_LIMIT));
        }
        assertThat(taken(asked.stream().map(PostgresCallBudgetIT::get).toList())).isEqualTo(HUNDRED);
        PostgresCallBudget restarted = new PostgresCallBudget(vertx, pool);
        assertThat(get(restarted.take(account, one, HUNDRED, NO_LIMIT))).isInstanceOf(BudgetBook.Spent.class);
    }

    @Test
    void takenCallsAreFreeAfterAMinuteAndTheRefusalSaysWhen() {
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
    void expiredCountersAreDeleted() {
        ask(one, 10, HUNDRED, NO_LIMIT);
        passes(1, 60);
        passes(60, 60);
        ask(two, 1, HUNDRED, NO_LIMIT);
        assertThat(get(pool.preparedQuery("select request_id from budget_use where account = $1").execute(Tuple.of(account.toString()))))
            .extracting(row -> row.getUUID(0)).containsOnly(two.request().value());
    }

    @Test
    void accountsHaveNothingToDoWithEachOther() {
        assertThat(taken(ask(one, HUNDRED, 10, NO_LIMIT))).isEqualTo(9);
        account = new AccountName("b" + UUID.randomUUID());
        assertThat(taken(ask(one, HUNDRED, 10, NO_LIMIT))).isEqualTo(9);
    }

    /** Moves the stored counts back by so many slots, as if that time had passed. */
    private void passes(int slotSeconds, int slots) {
        get(pool.preparedQuery("update budget_use set slot = slot - $3 where account = $1 and slot_seconds = $2")
            .execute(Tuple.of(account.toString(), slotSeconds, slots)));
    }

    private List<BudgetBook.Answer> ask(BudgetBook.Sharer token, int calls, int perMinute, int perHour) {
        List<Future<BudgetBook.Answer>> asked = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            asked.add(replicas.get(i % 2).take(account, token, perMinute, perHour));
        }
        return asked.stream().map(PostgresCallBudgetIT::get).toList();
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
