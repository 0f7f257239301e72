// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.postgres;

import static dev.postern.token.Examples.ADDRESS;
import static dev.postern.token.Examples.NOON;
import static dev.postern.token.Examples.SHOP_DB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.events.Outcome;
import dev.postern.token.AccessRequest;
import dev.postern.token.Examples;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Walks the sealed life: a new state has to be thought of here. */
class EveryAccessRequest {
    private static final List<AccessRequest> LIVES = List.of(Examples.pending(),
        Examples.pending().onOpeningsChanged(SHOP_DB, 1, List.of(Examples.shown(ADDRESS.value(), OpeningState.OPEN))).next(),
        Examples.granted(), Examples.withToken(), Examples.denied(), Examples.ended(),
        Examples.pending().revoke(new dev.postern.events.Actor("someone", "console"), NOON).next(),
        Examples.granted().replacedBy(Examples.REPLACEMENT, NOON).next(),
        Examples.withToken().expire(NOON.plus(Examples.ASKED_FOR)).next());
    private static final Map<String, Function<AccessRequest, Outcome<AccessRequest>>> EVENTS = Map.of(
        "granted", request -> request.onGranted(Examples.granted(Examples.asked())),
        "denied", request -> request.onDenied(Examples.denied(Examples.asked())),
        "openings changed", request -> request.onOpeningsChanged(SHOP_DB, 9, List.of(Examples.shown(ADDRESS.value(), OpeningState.CLOSED))),
        "token collected", request -> request.issueToken(Examples.tokenId(5), Examples.digest(5), NOON.plusSeconds(30)),
        "token revoked", request -> request.revokeToken(Examples.digest(1), Examples.BY, NOON.plusSeconds(30)),
        "revoked", request -> request.revoke(new dev.postern.events.Actor("someone", "console"), NOON.plusSeconds(30)),
        "replaced", request -> request.replacedBy(Examples.REPLACEMENT, NOON.plusSeconds(30)),
        "expired", request -> request.expire(NOON.plus(Examples.ASKED_FOR)));

    @Test
    void stateHasAnExampleHere() {
        assertThat(LIVES.stream().map(Object::getClass).collect(Collectors.toSet()))
            .containsExactlyInAnyOrder(Arrays.stream(AccessRequest.class.getPermittedSubclasses()).toArray(Class<?>[]::new));
    }

    @TestFactory
    List<DynamicTest> lifeComesBackFromItsRowAsItWas() {
        return LIVES.stream().map(life -> DynamicTest.dynamicTest(life.status() + ", " + life.openings().all().size() + " openings",
            () -> assertThat(AccessRequestRow.of(life).stored()).isEqualTo(new Stored(life, 1)))).toList();
    }

    @TestFactory
    List<DynamicTest> stateAnswersEveryEventAndTheAnswerCanBeKept() {
        return LIVES.stream().flatMap(life -> EVENTS.entrySet().stream().map(event -> DynamicTest.dynamicTest(life.status() + ", " + event.getKey(), () -> {
            AccessRequest next = event.getValue().apply(life).next();
            AccessRequestRow row = AccessRequestRow.of(life);
            row.become(next);
            assertThat(row.life()).isEqualTo(next);
        }))).toList();
    }
}
