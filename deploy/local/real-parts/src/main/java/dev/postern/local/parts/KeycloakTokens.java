// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Access tokens as a test or a walk-through needs them. The realm's sample secrets follow one rule: {@code <client>-sample-secret} for a
 * client, {@code <name>-sample-password} for a person.
 */
public final class KeycloakTokens {
    /** The client through which people sign in. */
    public static final String CONSOLE = "operator-console";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(10)).build();

    private final String issuer;

    /** Tokens of the realm with this issuer URL. */
    public KeycloakTokens(String issuer) {
        this.issuer = issuer;
    }

    /** Secret of a sample client. */
    public static String secretOf(String clientId) {
        return clientId + "-sample-secret";
    }

    /** Password of a sample person. */
    public static String passwordOf(String person) {
        return person + "-sample-password";
    }

    /** A fresh access token of a sample person, by password through the operators' console. */
    public String password(String person) {
        return accessToken(Map.of("grant_type", "password", "client_id", CONSOLE, "client_secret", secretOf(CONSOLE),
            "username", person, "password", passwordOf(person), "scope", "openid"));
    }

    /** A fresh access token of a client's own service account. */
    public String client(String clientId) {
        return accessToken(Map.of("grant_type", "client_credentials", "client_id", clientId, "client_secret", secretOf(clientId)));
    }

    private String accessToken(Map<String, String> form) {
        HttpResponse<String> answer = askTokenEndpoint(form, null);
        if (answer.statusCode() != 200) {
            throw new PartFailed("Keycloak refused a token: " + answer.statusCode() + " " + answer.body());
        }
        return read(answer.body()).get("access_token").asText();
    }

    /**
     * Returns true if the authorization services of {@code resourceServer} (a client id) permit the bearer of the token the scope on the resource,
     * for instance {@code write} on {@code policies}.
     */
    public boolean permits(String accessToken, String resourceServer, String resource, String scope) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "urn:ietf:params:oauth:grant-type:uma-ticket");
        form.put("audience", resourceServer);
        form.put("permission", scope == null ? resource : resource + "#" + scope);
        form.put("response_mode", "decision");
        HttpResponse<String> answer = askTokenEndpoint(form, accessToken);
        return switch (answer.statusCode()) {
            case 200 -> read(answer.body()).path("result").asBoolean();
            case 403 -> false;
            default -> throw new PartFailed("Keycloak could not decide: " + answer.statusCode() + " " + answer.body());
        };
    }

    private HttpResponse<String> askTokenEndpoint(Map<String, String> form, String bearer) {
        String body = form.entrySet().stream()
            .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(issuer + "/protocol/openid-connect/token"))
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body));
        if (bearer != null) {
            request.header("Authorization", "Bearer " + bearer);
        }
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw PartFailed.because("Keycloak at " + issuer + " could not be asked", e);
        }
    }

    /** Returns true if the realm's discovery document is served. */
    static boolean discoveryAnswers(String issuer) throws IOException, InterruptedException {
        HttpRequest discovery = HttpRequest.newBuilder(URI.create(issuer + "/.well-known/openid-configuration")).timeout(Duration.ofSeconds(10)).build();
        return HTTP.send(discovery, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw PartFailed.because("Keycloak's answer is no JSON", e);
        }
    }
}
