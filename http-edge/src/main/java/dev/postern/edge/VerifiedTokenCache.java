package dev.postern.edge;

import com.github.benmanes.caffeine.cache.Ticker;
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
 * Stands before quarkus-oidc, which verifies the signature of an access token anew at every call: who was verified with the same token a moment ago is
 * remembered. All else, and every refusal, is quarkus-oidc's (ADR 15).
 */
@Singleton
class VerifiedTokenCache {
    /** Attributes of an identity that hold for every call of the caller. Any other attribute belongs to one call and is not cached. */
    private static final List<String> OF_EVERY_CALL = List.of(OidcUtils.QUARKUS_IDENTITY_EXPIRE_TIME, OidcUtils.TENANT_ID_ATTRIBUTE,
        OidcUtils.CONFIG_METADATA_ATTRIBUTE, OidcProviderClient.class.getName(), AuthenticationRequestContext.class.getName());
    /** Attributes by which quarkus-oidc checks more than the token: client certificate, proof of possession, step-up. Such identities are not cached. */
    private static final List<String> CHECKED_BESIDE_THE_TOKEN = List.of(OidcConstants.X509_SHA256_THUMBPRINT, OidcUtils.DPOP_PROOF,
        "io.quarkus.oidc.runtime.step-up-auth");

    private final VerifiedCallers memory;
    private final InstantSource clock;

    @Inject
    VerifiedTokenCache(@ConfigProperty(name = "postern.callers.remembered-for") Duration rememberedFor,
                    @ConfigProperty(name = "quarkus.oidc.token.lifespan-grace") OptionalInt graceSeconds) {
        this(new VerifiedCallers(rememberedFor, Duration.ofSeconds(graceSeconds.orElse(0)), Ticker.systemTicker()), InstantSource.system());
    }

    VerifiedTokenCache(VerifiedCallers memory, InstantSource clock) {
        this.memory = memory;
        this.clock = clock;
    }

    /**
     * Returns the caller's identity, from the cache or by {@code verify}.
     *
     * @param verify asks quarkus-oidc about this call
     */
    Uni<SecurityIdentity> authenticate(RoutingContext call, Supplier<Uni<SecurityIdentity>> verify) {
        String token = bearerToken(call);
        if (token == null || moreIsChecked(call)) {
            return verify.get();
        }
        Instant now = clock.instant();
        Optional<SecurityIdentity> known = memory.recall(token, now);
        if (known.isPresent()) {
            return Uni.createFrom().item(inCall(known.get(), call));
        }
        return verify.get().invoke(identity -> {
            if (isOf(token, identity) && !moreIsChecked(call)) {
                memory.remember(token, withoutCall(identity), Instant.ofEpochSecond(((JsonWebToken) identity.getPrincipal()).getExpirationTime()), now);
            }
        });
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

    /** Without attributes. What may be done with a permission is found by the builder, from the permissions. */
    private static QuarkusSecurityIdentity.Builder copy(SecurityIdentity identity) {
        return QuarkusSecurityIdentity.builder().setPrincipal(identity.getPrincipal()).addCredentials(identity.getCredentials())
            .addRoles(identity.getRoles()).addPermissions(identity.getPermissions());
    }
}
