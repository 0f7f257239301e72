// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.postern.events.Sha256;
import io.quarkus.oidc.AccessTokenCredential;
import io.quarkus.oidc.OidcProviderClient;
import io.quarkus.oidc.common.runtime.OidcConstants;
import io.quarkus.oidc.runtime.OidcUtils;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.jwt.JsonWebToken;

/**
 * Caches identities that quarkus-oidc verified, by access token, so that a signature is not verified again at every call (ADR 15). The key is the SHA-256 of
 * the whole token as it was sent: the same claims under another signature are another token. A token that is not cached goes to quarkus-oidc, which alone
 * refuses; refusals are not cached. Off unless {@code postern.callers.remembered-for} is set: introspection in token-service needs it, no other service does.
 */
@Singleton
class VerifiedTokenCache {
    /** Maximum number of cached identities, some ten kilobytes each. */
    static final int CALLERS_MAX = 2_000;
    /** A longer token is verified each time, so that the number of identities limits the memory, too. */
    static final int TOKEN_CHARACTERS_MAX = 4_096;
    /** Attributes of an identity that hold for every call of the caller. Any other attribute belongs to one call and is not cached. */
    private static final List<String> OF_EVERY_CALL = List.of(OidcUtils.QUARKUS_IDENTITY_EXPIRE_TIME, OidcUtils.TENANT_ID_ATTRIBUTE,
        OidcUtils.CONFIG_METADATA_ATTRIBUTE, OidcProviderClient.class.getName(), AuthenticationRequestContext.class.getName());
    /** Attributes by which quarkus-oidc checks more than the token: client certificate, proof of possession, step-up. Such identities are not cached. */
    private static final List<String> CHECKED_BESIDE_THE_TOKEN = List.of(OidcConstants.X509_SHA256_THUMBPRINT, OidcUtils.DPOP_PROOF,
        "io.quarkus.oidc.runtime.step-up-auth");

    private final Duration rememberedFor;
    private final Duration grace;
    private final InstantSource clock;
    private final Cache<ByteBuffer, Verified> verified;

    /** @param until end of the entry: the caller is verified again from then on */
    private record Verified(SecurityIdentity identity, Instant until) {}

    @Inject
    VerifiedTokenCache(@ConfigProperty(name = "postern.callers.remembered-for") Duration rememberedFor,
                       @ConfigProperty(name = "quarkus.oidc.token.lifespan-grace") OptionalInt graceSeconds) {
        this(rememberedFor, Duration.ofSeconds(graceSeconds.orElse(0)), InstantSource.system(), Ticker.systemTicker());
    }

    /**
     * Creates an empty cache.
     *
     * @param rememberedFor maximum age of an entry; zero caches nothing
     * @param grace         time after {@code exp} for which quarkus-oidc still accepts a token
     * @param elapsed       a clock that cannot be set back
     */
    VerifiedTokenCache(Duration rememberedFor, Duration grace, InstantSource clock, Ticker elapsed) {
        this.rememberedFor = rememberedFor;
        this.grace = grace;
        this.clock = clock;
        // Both clocks limit an entry: one that is set back would extend it, and one that stops while the machine is suspended would, too.
        this.verified = Caffeine.newBuilder().maximumSize(CALLERS_MAX).expireAfterWrite(rememberedFor).ticker(elapsed).build();
    }

    /**
     * Returns the caller's identity, from the cache or by {@code verify}.
     *
     * @param verify asks quarkus-oidc about this call
     */
    Uni<SecurityIdentity> authenticate(RoutingContext call, Supplier<Uni<SecurityIdentity>> verify) {
        String token = rememberedFor.isZero() ? null : bearerToken(call);
        if (token == null || token.length() > TOKEN_CHARACTERS_MAX || moreIsChecked(call)) {
            return verify.get();
        }
        ByteBuffer key = ByteBuffer.wrap(Sha256.of(token.getBytes(StandardCharsets.UTF_8)));
        Instant now = clock.instant();
        Optional<SecurityIdentity> known = find(key, now);
        if (known.isPresent()) {
            return Uni.createFrom().item(inCall(known.get(), call));
        }
        return verify.get().invoke(identity -> {
            if (isOf(token, identity) && !moreIsChecked(call)) {
                put(key, identity, now);
            }
        });
    }

    /** Returns the number of cached identities. */
    long size() {
        verified.cleanUp();
        return verified.estimatedSize();
    }

    private Optional<SecurityIdentity> find(ByteBuffer key, Instant now) {
        return Optional.ofNullable(verified.getIfPresent(key)).filter(entry -> now.isBefore(entry.until())).map(Verified::identity);
    }

    private void put(ByteBuffer key, SecurityIdentity identity, Instant verifiedAt) {
        Instant oldest = verifiedAt.plus(rememberedFor);
        Instant expires = Instant.ofEpochSecond(((JsonWebToken) identity.getPrincipal()).getExpirationTime()).plus(grace);
        verified.put(key, new Verified(withoutCall(identity), oldest.isBefore(expires) ? oldest : expires));
    }

    private static String bearerToken(RoutingContext call) {
        String header = call.request().getHeader("Authorization");
        int space = header == null ? -1 : header.indexOf(' ');
        return space == OidcConstants.BEARER_SCHEME.length() && header.startsWith(OidcConstants.BEARER_SCHEME) ? header.substring(space + 1) : null;
    }

    private static boolean moreIsChecked(RoutingContext call) {
        for (String key : CHECKED_BESIDE_THE_TOKEN) {
            if (call.get(key) != null) {
                return true;
            }
        }
        return false;
    }

    /** Returns true if this very token, a JWT, was verified; an identity that another mechanism built is not cached. */
    private static boolean isOf(String token, SecurityIdentity identity) {
        if (!(identity instanceof QuarkusSecurityIdentity) || !(identity.getPrincipal() instanceof JsonWebToken)) {
            return false;
        }
        AccessTokenCredential credential = identity.getCredential(AccessTokenCredential.class);
        return credential != null && token.equals(credential.getToken());
    }

    private static SecurityIdentity withoutCall(SecurityIdentity identity) {
        QuarkusSecurityIdentity.Builder kept = copy(identity);
        OF_EVERY_CALL.stream().filter(identity.getAttributes()::containsKey).forEach(name -> kept.addAttribute(name, identity.getAttribute(name)));
        return kept.build();
    }

    /** Returns the identity with the attributes that quarkus-oidc would give it for this call. */
    private static SecurityIdentity inCall(SecurityIdentity known, RoutingContext call) {
        return copy(known).addAttributes(known.getAttributes()).addAttribute(RoutingContext.class.getName(), call).build();
    }

    /** Returns a copy without attributes. The builder derives the permission check from the permissions. */
    private static QuarkusSecurityIdentity.Builder copy(SecurityIdentity identity) {
        return QuarkusSecurityIdentity.builder().setPrincipal(identity.getPrincipal()).addCredentials(identity.getCredentials())
            .addRoles(identity.getRoles()).addPermissions(identity.getPermissions());
    }
}
