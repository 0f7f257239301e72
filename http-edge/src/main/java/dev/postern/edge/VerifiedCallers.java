package dev.postern.edge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.quarkus.security.identity.SecurityIdentity;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Callers whose access tokens were verified a moment ago. The key is the SHA-256 of the whole token as it was sent: with another signature under the same
 * claims it is another token, and unknown. What is not known, or no longer, is for whoever verifies; nothing is refused here, and no refusal is kept.
 */
final class VerifiedCallers {
    /** Some ten kilobytes each. */
    static final int CALLERS_MAX = 2_000;
    /** A longer token is verified each time, so that the number of callers is a limit of memory, too. */
    static final int TOKEN_CHARACTERS_MAX = 4_096;

    private final Duration rememberedFor;
    private final Duration grace;
    private final Cache<ByteBuffer, Verified> callers;

    /** @param until when the caller has to be verified again */
    private record Verified(SecurityIdentity identity, Instant until) { }

    /**
     * Remembers nobody yet.
     *
     * @param rememberedFor how long at most after it was verified; zero remembers nobody
     * @param grace         how long after {@code exp} the verifier still takes a token
     * @param elapsed       a clock that nobody sets
     */
    VerifiedCallers(Duration rememberedFor, Duration grace, Ticker elapsed) {
        this.rememberedFor = rememberedFor;
        this.grace = grace;
        // Time is held to by both clocks: one that is set back would keep a caller longer, one that stands still with a suspended machine, too.
        this.callers = Caffeine.newBuilder().maximumSize(CALLERS_MAX).expireAfterWrite(rememberedFor).ticker(elapsed).build();
    }

    /** The caller who was verified with exactly this token, if that holds still. */
    Optional<SecurityIdentity> recall(String token, Instant now) {
        if (rememberedFor.isZero() || token.length() > TOKEN_CHARACTERS_MAX) {
            return Optional.empty();
        }
        Verified known = callers.getIfPresent(digest(token));
        return known != null && now.isBefore(known.until()) ? Optional.of(known.identity()) : Optional.empty();
    }

    /** Keeps a caller whose token has been verified at {@code now}. @param expires the token's {@code exp} */
    void remember(String token, SecurityIdentity identity, Instant expires, Instant now) {
        if (rememberedFor.isZero() || token.length() > TOKEN_CHARACTERS_MAX) {
            return;
        }
        Instant end = now.plus(rememberedFor);
        Instant last = expires.plus(grace);
        callers.put(digest(token), new Verified(identity, end.isBefore(last) ? end : last));
    }

    /** Returns the number of cached callers. */
    long size() {
        callers.cleanUp();
        return callers.estimatedSize();
    }

    private static ByteBuffer digest(String token) {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException everyJvmHasIt) {
            throw new IllegalStateException(everyJvmHasIt);
        }
    }
}
