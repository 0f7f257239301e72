// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.actors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.postern.events.EventJson;
import dev.postern.local.parts.UnavailableRetry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;

/** Calls services over HTTP with a Keycloak token: gets a new token before the old one ends, and repeats a write while the service asks for that. */
public class Caller {
    private static final Duration TIMEOUT = Duration.ofSeconds(70);
    private static final Duration TOKEN_KEPT = Duration.ofMinutes(4);
    private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5)).build();

    private static final UnavailableRetry<HttpResponse<String>> RETRY = UnavailableRetry.of(HttpResponse::statusCode,
        response -> response.headers().firstValue("retry-after"), HttpResponse::body);

    private final Supplier<String> tokens;
    private String token;
    private Instant tokenUntil = Instant.MIN;

    /** Somebody whose fresh access tokens come from {@code tokens}. */
    public Caller(Supplier<String> tokens) {
        this.tokens = tokens;
    }

    /** The bearer token. */
    public synchronized String token() {
        if (Instant.now().isAfter(tokenUntil)) {
            token = tokens.get();
            tokenUntil = Instant.now().plus(TOKEN_KEPT);
        }
        return token;
    }

    /** GET. */
    public ServiceResponse get(String url, String... headers) {
        return send(request(url, headers).GET().build());
    }

    /** POST of JSON. */
    public ServiceResponse post(String url, String json, String... headers) {
        return send(request(url, headers).header("content-type", "application/json").POST(HttpRequest.BodyPublishers.ofString(json)).build());
    }

    /** POST of a form. */
    public ServiceResponse postForm(String url, Map<String, String> form) {
        return send(request(url).header("content-type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString(form(form))).build());
    }

    /** PUT. */
    public ServiceResponse put(String url, String contentType, String body, String... headers) {
        return send(request(url, headers).header("content-type", contentType).PUT(HttpRequest.BodyPublishers.ofString(body)).build());
    }

    /** DELETE. */
    public ServiceResponse delete(String url, String... headers) {
        return send(request(url, headers).DELETE().build());
    }

    private HttpRequest.Builder request(String url, String... headers) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).header("authorization", "Bearer " + token());
        return headers.length == 0 ? builder : builder.headers(headers);
    }

    private static ServiceResponse send(HttpRequest request) {
        HttpResponse<String> response = request.method().equals("GET") ? once(request) : RETRY.call(() -> once(request));
        return new ServiceResponse(response.statusCode(), response.headers(), json(response.body()));
    }

    private static HttpResponse<String> once(HttpRequest request) {
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    private static JsonNode json(String body) {
        try {
            return body.isBlank() ? MissingNode.getInstance() : EventJson.mapper().readTree(body);
        } catch (JsonProcessingException notJson) {
            return MissingNode.getInstance();
        }
    }

    private static String form(Map<String, String> members) {
        StringBuilder form = new StringBuilder();
        members.forEach((name, value) -> form.append(form.length() == 0 ? "" : "&").append(name).append('=')
            .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return form.toString();
    }
}
