// SPDX-License-Identifier: Apache-2.0
package dev.postern.token;

import static dev.postern.token.Examples.ADDRESS;
import static dev.postern.token.Examples.ASKED_FOR;
import static dev.postern.token.Examples.NOON;
import static dev.postern.token.Examples.PORTAL;
import static dev.postern.token.Examples.REPLACEMENT;
import static dev.postern.token.Examples.SHOP_DB;
import static dev.postern.token.Examples.asked;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AccessEnded;
import dev.postern.events.Event;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.events.Outcome;
import dev.postern.events.TokenId;
import dev.postern.events.TokenIssued;
import dev.postern.events.TokenRevoked;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever happens to a request, in whatever order and however often: this holds. */
class AccessRequestProperties {
    /** Something that happens, some seconds after the one before. */
    record Happening(int kind, int number, int seconds) {
        Outcome<AccessRequest> to(AccessRequest request, int step, Instant now) {
            switch (kind) {
                case 0:
                    return request.onGranted(Examples.granted(asked()));
                case 1:
                    return request.onDenied(Examples.denied(asked()));
                case 2:
                    return request.issueToken(Examples.tokenId(step), Examples.digest(step), now);
                case 3:
                    return request.revokeToken(Examples.digest(number), Examples.BY, now);
                case 4:
                    return request.revoke(Examples.BY, now);
                case 5:
                    return request.replacedBy(REPLACEMENT, now);
                case 6:
                    return request.expire(now);
                default:
                    OpeningState state = OpeningState.values()[number % OpeningState.values().length];
                    return request.onOpeningsChanged(SHOP_DB, number, List.of(Examples.shown(ADDRESS.value(), state)));
            }
        }
    }

    /** A life with all that it told. */
    record Told(List<AccessRequest> states, List<Event> events, List<Instant> times) {
        AccessRequest last() {
            return states.get(states.size() - 1);
        }
    }

    private static Told live(List<Happening> happenings) {
        Told told = new Told(new ArrayList<>(List.of(Examples.pending())), new ArrayList<>(), new ArrayList<>(List.of(NOON)));
        Instant now = NOON;
        for (int step = 0; step < happenings.size(); step++) {
            now = now.plusSeconds(happenings.get(step).seconds());
            Outcome<AccessRequest> outcome = happenings.get(step).to(told.last(), step, now);
            told.states().add(outcome.next());
            told.events().addAll(outcome.events());
            told.times().add(now);
        }
        return told;
    }

    @Property
    void everyTokenIssuedIsAliveOrRevokedExactlyOnce(@ForAll("lives") List<Happening> happenings) {
        Told told = live(happenings);
        Set<TokenId> alive = new HashSet<>();
        for (Event event : told.events()) {
            if (event instanceof TokenIssued issued) {
                assertThat(alive).as("one token at a time").isEmpty();
                assertThat(alive.add(issued.tokenId())).isTrue();
            } else if (event instanceof TokenRevoked revoked) {
                assertThat(alive.remove(revoked.tokenId())).as("only a live token dies").isTrue();
            }
        }
        Set<TokenId> kept = told.last() instanceof AccessRequest.Granted granted
            ? granted.token().map(token -> Set.of(token.id())).orElse(Set.of()) : Set.of();
        assertThat(alive).isEqualTo(kept);
    }

    @Property
    void accessEndsAtMostOnceAndExactlyWhenTheLifeIsEnded(@ForAll("lives") List<Happening> happenings) {
        Told told = live(happenings);
        long ends = told.events().stream().filter(AccessEnded.class::isInstance).count();
        assertThat(ends).isEqualTo(told.last().status() == Status.ENDED ? 1 : 0);
    }

    @Property
    void noTokenIsIssuedOutsideOfItsGrant(@ForAll("lives") List<Happening> happenings) {
        for (Event event : live(happenings).events()) {
            if (event instanceof TokenIssued issued) {
                assertThat(issued.issuedAt()).isBefore(issued.validUntil());
                assertThat(issued.validUntil()).isEqualTo(NOON.plus(ASKED_FOR));
            }
        }
    }

    @Property
    void aFinalStateStaysWhatItIs(@ForAll("lives") List<Happening> happenings) {
        List<AccessRequest> states = live(happenings).states();
        for (int at = 1; at < states.size(); at++) {
            Status before = states.get(at - 1).status();
            if (before == Status.DENIED || before == Status.ENDED) {
                assertThat(states.get(at).status()).isEqualTo(before);
            }
            if (states.get(at - 1).settled()) {
                assertThat(states.get(at).status()).isEqualTo(before);
            }
        }
    }

    @Property
    void afterTheEndNoOpeningIsOpenAndNoTokenLives(@ForAll("lives") List<Happening> happenings) {
        if (live(happenings).last() instanceof AccessRequest.Ended ended) {
            assertThat(ended.openings().all()).extracting(Opening::state).doesNotContain(OpeningState.OPEN, OpeningState.OPENING);
        }
    }

    @Property
    void repeatedEventLeavesTheStateOfTheFirst(@ForAll("lives") List<Happening> happenings, @ForAll("happenings") Happening again) {
        Told told = live(happenings);
        Instant now = told.times().get(told.times().size() - 1).plusSeconds(1);
        // Another token is another happening: that one is not repeated.
        if (again.kind() != 2) {
            AccessRequest once = again.to(told.last(), 999, now).next();
            Outcome<AccessRequest> twice = again.to(once, 999, now);
            assertThat(twice.next()).isEqualTo(once);
            assertThat(twice.events()).isEmpty();
        }
    }

    @Property
    void everyEventIsAboutThisRequestAndHasAnIdOfItsOwn(@ForAll("lives") List<Happening> happenings) {
        List<Event> events = live(happenings).events();
        assertThat(events).extracting(Event::id).doesNotHaveDuplicates();
    }

    @Provide
    Arbitrary<Happening> happenings() {
        return Combinators.combine(Arbitraries.integers().between(0, 8), Arbitraries.integers().between(1, 20),
            Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(9, Arbitraries.integers().between(0, 600)),
                net.jqwik.api.Tuple.of(1, Arbitraries.of((int) ASKED_FOR.toSeconds()))))
            .as(Happening::new);
    }

    @Provide
    Arbitrary<List<Happening>> lives() {
        // Most lives begin with a grant: the rest is short.
        return Combinators.combine(Arbitraries.of(0, 0, 0, 1, 4, 7), happenings().list().ofMaxSize(20)).as((first, rest) -> {
            List<Happening> all = new ArrayList<>(List.of(new Happening(first, 1, 0)));
            all.addAll(rest);
            return all;
        });
    }
}
