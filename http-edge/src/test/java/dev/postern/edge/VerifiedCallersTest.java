package dev.postern.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cached callers: their key, and the end of their validity. */
class VerifiedCallersTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant IN_AN_HOUR = NOW.plusSeconds(3_600);
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final SecurityIdentity PORTAL = identity("client-portal");
    private static final SecurityIdentity OLGA = identity("olga");

    private final AtomicLong elapsed = new AtomicLong();
    private final VerifiedCallers memory = new VerifiedCallers(BOUND, Duration.ZERO, elapsed::get);

    @Test
    void nobodyIsKnownWhoWasNotVerified() {
        assertThat(memory.recall("head.claims.signature", NOW)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"head.claims.signaturE", "head.claims.", "head.claims", "head.claimS.signature", "heaD.claims.signature", "head.claims.signature=",
        " head.claims.signature"})
    void everyByteOfTheTokenCounts(String other) {
        memory.remember("head.claims.signature", PORTAL, IN_AN_HOUR, NOW);
        assertThat(memory.recall(other, NOW)).isEmpty();
        assertThat(memory.recall("head.claims.signature", NOW)).containsSame(PORTAL);
    }

    @Test
    void twoTokensAreTwoCallersEvenOfOneSubject() {
        SecurityIdentity withOtherRoles = identity("client-portal");
        memory.remember("one", PORTAL, IN_AN_HOUR, NOW);
        memory.remember("two", withOtherRoles, IN_AN_HOUR, NOW);
        memory.remember("three", OLGA, IN_AN_HOUR, NOW);
        assertThat(memory.recall("one", NOW)).containsSame(PORTAL);
        assertThat(memory.recall("two", NOW)).containsSame(withOtherRoles);
        assertThat(memory.recall("three", NOW)).containsSame(OLGA);
    }

    @Test
    void nobodyIsKnownAtTheEndOfHisToken() {
        memory.remember("token", PORTAL, NOW.plusSeconds(10), NOW);
        assertThat(memory.recall("token", NOW.plusSeconds(10).minusMillis(1))).isPresent();
        assertThat(memory.recall("token", NOW.plusSeconds(10))).isEmpty();
    }

    @Test
    void theGraceOfTheVerifierIsTheMemorysToo() {
        VerifiedCallers lenient = new VerifiedCallers(BOUND, Duration.ofSeconds(5), elapsed::get);
        lenient.remember("token", PORTAL, NOW.plusSeconds(10), NOW);
        assertThat(lenient.recall("token", NOW.plusSeconds(15).minusMillis(1))).isPresent();
        assertThat(lenient.recall("token", NOW.plusSeconds(15))).isEmpty();
    }

    @Test
    void nobodyIsKnownAfterTheBoundAndUseDoesNotExtendIt() {
        memory.remember("token", PORTAL, IN_AN_HOUR, NOW);
        for (int second = 0; second < 60; second++) {
            elapsed.set(Duration.ofSeconds(second).toNanos());
            assertThat(memory.recall("token", NOW.plusSeconds(second))).isPresent();
        }
        assertThat(memory.recall("token", NOW.plus(BOUND))).as("by the clock on the wall").isEmpty();
        elapsed.set(BOUND.toNanos());
        assertThat(memory.recall("token", NOW)).as("by the time that has passed, when the clock on the wall was set back").isEmpty();
    }

    @Test
    void noMoreCallersAreKeptThanTheLimitSays() {
        for (int caller = 0; caller < 3 * VerifiedCallers.CALLERS_MAX; caller++) {
            memory.remember("token " + caller, PORTAL, IN_AN_HOUR, NOW);
        }
        assertThat(memory.size()).isLessThanOrEqualTo(VerifiedCallers.CALLERS_MAX).isPositive();
    }

    @Test
    void aTokenThatIsVeryLongIsNotKept() {
        String longest = "a".repeat(VerifiedCallers.TOKEN_CHARACTERS_MAX);
        memory.remember(longest, PORTAL, IN_AN_HOUR, NOW);
        memory.remember(longest + "a", PORTAL, IN_AN_HOUR, NOW);
        assertThat(memory.recall(longest, NOW)).isPresent();
        assertThat(memory.recall(longest + "a", NOW)).isEmpty();
        assertThat(memory.size()).isOne();
    }

    @Test
    void withABoundOfZeroNobodyIsKept() {
        VerifiedCallers off = new VerifiedCallers(Duration.ZERO, Duration.ofSeconds(5), elapsed::get);
        off.remember("token", PORTAL, IN_AN_HOUR, NOW);
        assertThat(off.recall("token", NOW)).isEmpty();
        assertThat(off.size()).isZero();
    }

    private static SecurityIdentity identity(String name) {
        return QuarkusSecurityIdentity.builder().setPrincipal(new QuarkusPrincipal(name)).build();
    }
}
