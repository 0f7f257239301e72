// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;

/** Access tokens as Keycloak's, signed with a key that lives as long as the run of the tests. */
public class SignedTokens implements QuarkusTestResourceLifecycleManager {
    private static final String PRIVATE_KEY = "edge.test.private.key";

    @Override
    public Map<String, String> start() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            KeyPair pair = generator.generateKeyPair();
            return Map.of("edge.test.public.key", Base64.getEncoder().encodeToString(pair.getPublic().getEncoded()),
                PRIVATE_KEY, Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded()));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public void stop() {}

    static String person(String subject, String... roles) {
        return sign(Map.of("sub", subject, "azp", "operator-console", "preferred_username", subject, "iat", anHourAgo(), "exp", inAMinute(),
            "realm_access", Map.of("roles", List.of(roles))));
    }

    static String portal(String client, String... roles) {
        return sign(Map.of("sub", "sub-of-" + client, "azp", client, "preferred_username", "service-account-" + client, "iat", anHourAgo(), "exp", inAMinute(),
            "realm_access", Map.of("roles", List.of(roles))));
    }

    static String endingIn(Duration time, String subject, String... roles) {
        return sign(Map.of("sub", subject, "azp", "operator-console", "preferred_username", subject, "iat", anHourAgo(),
            "exp", Instant.now().plus(time).getEpochSecond(), "realm_access", Map.of("roles", List.of(roles))));
    }

    static String expired() {
        return sign(Map.of("sub", "somebody", "azp", "client", "iat", anHourAgo(), "exp", anHourAgo()));
    }

    static String withoutSubject() {
        return sign(Map.of("azp", "client", "iat", anHourAgo(), "exp", inAMinute()));
    }

    private static long anHourAgo() {
        return Instant.now().getEpochSecond() - 3_600;
    }

    private static long inAMinute() {
        return Instant.now().getEpochSecond() + 60;
    }

    private static String sign(Map<String, Object> claims) {
        try {
            String head = encode("{\"alg\":\"RS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8));
            String body = encode(new JsonMapper().writeValueAsBytes(claims));
            byte[] key = Base64.getDecoder().decode(ConfigProvider.getConfig().getValue(PRIVATE_KEY, String.class));
            PrivateKey privateKey = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(key));
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(privateKey);
            signature.update((head + "." + body).getBytes(StandardCharsets.US_ASCII));
            return head + "." + body + "." + encode(signature.sign());
        } catch (GeneralSecurityException | java.io.IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
