// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.oidc.AccessTokenCredential;
import io.quarkus.oidc.common.runtime.OidcConstants;
import io.quarkus.oidc.runtime.OidcJwtCallerPrincipal;
import io.quarkus.oidc.runtime.OidcUtils;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.StringPermission;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cached identities: which calls are verified, when an entry ends, and the identity that a call receives. */
class VerifiedTokenCacheTest {
    private static final Duration BOUND = Duration.ofSeconds(60);

    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private final Verifier verifier = new Verifier();
    private final AtomicLong elapsed = new AtomicLong();
    private VerifiedTokenCache callers = remembering(BOUND, Duration.ZERO);

    @Test
    void aTokenIsVerifiedOnceWithinTheBoundAndAgainAfterIt() {
        SecurityIdentity first = ask("portal");
        now = now.plus(BOUND).minusMillis(1);
        SecurityIdentity second = ask("portal");
        assertThat(second.getPrincipal()).isSameAs(first.getPrincipal());
        assertThat(verifier.asked).containsExactly("portal");
        now = now.plusMillis(1);
        ask("portal");
        assertThat(verifier.asked).containsExactly("portal", "portal");
    }

    @Test
    void useDoesNotExtendAnEntry() {
        for (int second = 0; second < BOUND.toSeconds(); second++) {
            elapsed.set(Duration.ofSeconds(second).toNanos());
            ask("portal");
            now = now.plusSeconds(1);
        }
        assertThat(verifier.asked).hasSize(1);
        ask("portal");
        assertThat(verifier.asked).hasSize(2);
    }

    @Test
    void entryEndsAlsoWhenTheWallClockIsSetBack() {
        ask("portal");
        now = now.minus(BOUND);
        elapsed.set(BOUND.toNanos());
        ask("portal");
        assertThat(verifier.asked).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"head.claims.signaturE", "head.claims.", "head.claims", "head.claimS.signature", "heaD.claims.signature", "head.claims.signature=",
        " head.claims.signature"})
    void everyByteOfTheTokenCounts(String other) {
        ask("head.claims.signature");
        ask(other);
        ask("head.claims.signature");
        assertThat(verifier.asked).containsExactly("head.claims.signature", other);
    }

    @Test
    void twoTokensOfOneSubjectAreTwoEntries() {
        verifier.subject = "portal";
        ask("one");
        verifier.role = "approver";
        ask("two");
        assertThat(ask("one").getRoles()).containsExactly("requester");
        assertThat(ask("two").getRoles()).containsExactly("approver");
        assertThat(verifier.asked).containsExactly("one", "two");
    }

    @Test
    void graceOfTheVerifierHoldsForEntriesToo() {
        callers = remembering(BOUND, Duration.ofSeconds(5));
        verifier.expires = now.plusSeconds(10);
        ask("portal");
        now = now.plusSeconds(15).minusMillis(1);
        ask("portal");
        assertThat(verifier.asked).hasSize(1);
        now = now.plusMillis(1);
        assertThatThrownBy(() -> ask("portal")).isInstanceOf(AuthenticationFailedException.class);
        assertThat(verifier.asked).hasSize(2);
    }

    @Test
    void cacheHoldsNoMoreIdentitiesThanItsLimit() {
        for (int caller = 0; caller < 3 * VerifiedTokenCache.CALLERS_MAX; caller++) {
            ask("token-" + caller);
        }
        assertThat(callers.size()).isLessThanOrEqualTo(VerifiedTokenCache.CALLERS_MAX).isPositive();
    }

    @Test
    void veryLongTokenIsVerifiedEachTime() {
        String longest = "a".repeat(VerifiedTokenCache.TOKEN_CHARACTERS_MAX);
        ask(longest);
        ask(longest);
        assertThat(verifier.asked).hasSize(1);
        ask(longest + "a");
        ask(longest + "a");
        assertThat(verifier.asked).hasSize(3);
        assertThat(callers.size()).isOne();
    }

    @Test
    void aTokenThatEndsMeanwhileIsRefused() {
        verifier.expires = now.plusSeconds(10);
        ask("portal");
        now = now.plusSeconds(10).minusMillis(1);
        ask("portal");
        assertThat(verifier.asked).hasSize(1);
        now = now.plusMillis(1);
        assertThatThrownBy(() -> ask("portal")).isInstanceOf(AuthenticationFailedException.class);
        assertThat(verifier.asked).hasSize(2);
    }

    @Test
    void aRefusalIsNotRemembered() {
        verifier.refuses = true;
        assertThatThrownBy(() -> ask("portal")).isInstanceOf(AuthenticationFailedException.class);
        assertThatThrownBy(() -> ask("portal")).isInstanceOf(AuthenticationFailedException.class);
        verifier.refuses = false;
        assertThat(ask("portal").getPrincipal().getName()).isEqualTo("portal");
        assertThat(verifier.asked).hasSize(3);
    }

    @Test
    void whatTheVerifierLeavesToOthersIsNotRemembered() {
        verifier.nobody = true;
        assertThat(ask("portal")).isNull();
        verifier.nobody = false;
        assertThat(ask("portal")).isNotNull();
    }

    @Test
    void anotherTokenIsAnotherCaller() {
        ask("portal");
        assertThat(ask("olga").getPrincipal().getName()).isEqualTo("olga");
        assertThat(ask("olga").getPrincipal().getName()).isEqualTo("olga");
        assertThat(ask("portal").getPrincipal().getName()).isEqualTo("portal");
        assertThat(verifier.asked).containsExactly("portal", "olga");
    }

    @Test
    void switchedOffEveryCallIsVerified() {
        callers = remembering(Duration.ZERO, Duration.ofSeconds(5));
        ask("portal");
        ask("portal");
        assertThat(verifier.asked).containsExactly("portal", "portal");
        assertThat(callers.size()).isZero();
    }

    @Test
    void aCallerWhoIsRememberedIsAsTheVerifierMadeHimButForTheCall() {
        RoutingContext firstCall = call("Bearer portal", Map.of());
        RoutingContext secondCall = call("Bearer portal", Map.of());
        SecurityIdentity first = ask("portal", firstCall);
        SecurityIdentity second = ask("portal", secondCall);
        assertThat(verifier.asked).hasSize(1);
        assertThat(second.getRoles()).isEqualTo(first.getRoles()).containsExactly("requester");
        assertThat(second.getCredentials()).isEqualTo(first.getCredentials());
        assertThat(second.getPermissions()).isEqualTo(first.getPermissions());
        assertThat(second.checkPermission(new StringPermission("openid")).await().indefinitely()).isTrue();
        assertThat(second.checkPermission(new StringPermission("other")).await().indefinitely()).isFalse();
        assertThat(first.<RoutingContext>getAttribute(RoutingContext.class.getName())).isSameAs(firstCall);
        assertThat(second.<RoutingContext>getAttribute(RoutingContext.class.getName())).isSameAs(secondCall);
        assertThat(second.<Object>getAttribute(OidcUtils.TENANT_ID_ATTRIBUTE)).isEqualTo("Default");
        assertThat(second.getAttributes()).as("what is of another call stays there").doesNotContainKey("of the first call");
    }

    @ParameterizedTest
    @ValueSource(strings = {OidcConstants.X509_SHA256_THUMBPRINT, OidcUtils.DPOP_PROOF, "io.quarkus.oidc.runtime.step-up-auth"})
    void whereMoreThanTheTokenIsCheckedItIsCheckedEachTime(String more) {
        verifier.checksToo = more;
        ask("portal");
        ask("portal");
        assertThat(verifier.asked).hasSize(2);
        verifier.checksToo = null;
        ask("portal");
        ask("portal", call("Bearer portal", Map.of(more, "something")));
        assertThat(verifier.asked).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic portal", "portal", "Bearer", "DPoP portal", "Bearerportal portal"})
    void onlyABearerTokenIsRemembered(String header) {
        verifier.token = "portal";
        ask("portal", call(header, Map.of()));
        ask("portal", call(header, Map.of()));
        assertThat(verifier.asked).hasSize(2);
    }

    @Test
    void aCallerWhoCameByAnotherTokenThanTheOneShownIsNotRemembered() {
        verifier.token = "of a cookie";
        ask("portal");
        ask("portal");
        assertThat(verifier.asked).hasSize(2);
    }

    private VerifiedTokenCache remembering(Duration bound, Duration grace) {
        return new VerifiedTokenCache(bound, grace, () -> now, elapsed::get);
    }

    private SecurityIdentity ask(String token) {
        return ask(token, call("Bearer " + token, Map.of()));
    }

    private SecurityIdentity ask(String token, RoutingContext call) {
        return callers.authenticate(call, () -> verifier.verify(token, call)).await().indefinitely();
    }

    /** A call of which nothing is there but the header and its data. */
    private static RoutingContext call(String authorization, Map<String, Object> data) {
        Map<String, Object> all = new HashMap<>(data);
        HttpServerRequest request = only(HttpServerRequest.class, Map.of("getHeader", name -> authorization));
        return only(RoutingContext.class, Map.of("request", none -> request, "get", all::get, "data", none -> all));
    }

    private static <T> T only(Class<T> type, Map<String, Function<Object, Object>> methods) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
            if (method.getDeclaringClass() == Object.class) {
                return method.getName().equals("equals") ? self == arguments[0] : method.getName().equals("hashCode") ? System.identityHashCode(self) : "it";
            }
            return methods.get(method.getName()).apply(arguments == null ? null : arguments[0]);
        }));
    }

    /** Stands in for quarkus-oidc: accepts every token, by its text, until it expires. */
    private final class Verifier {
        private final List<String> asked = new ArrayList<>();
        private Instant expires = now.plusSeconds(3_600);
        private boolean refuses;
        private boolean nobody;
        private String checksToo;
        private String token;
        private String subject;
        private String role = "requester";

        private Uni<SecurityIdentity> verify(String shown, RoutingContext call) {
            asked.add(shown);
            if (nobody) {
                return Uni.createFrom().nullItem();
            }
            if (refuses || !now.isBefore(expires)) {
                return Uni.createFrom().failure(new AuthenticationFailedException());
            }
            if (checksToo != null) {
                call.data().put(checksToo, "checked");
            }
            AccessTokenCredential credential = new AccessTokenCredential(token == null ? shown : token);
            JwtClaims claims = new JwtClaims();
            claims.setSubject(subject == null ? shown : subject);
            claims.setClaim("upn", subject == null ? shown : subject);
            claims.setExpirationTime(NumericDate.fromSeconds(expires.getEpochSecond()));
            return Uni.createFrom().item(QuarkusSecurityIdentity.builder().setPrincipal(new OidcJwtCallerPrincipal(claims, credential))
                .addCredential(credential).addRole(role).addPermissionsAsString(Set.of("openid", "email"))
                .addAttribute(OidcUtils.TENANT_ID_ATTRIBUTE, "Default").addAttribute("of the first call", "something")
                .addAttribute(RoutingContext.class.getName(), call).build());
        }
    }
}
