// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.local.parts.PartFailed;
import dev.postern.local.parts.UnavailableRetry;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** One actor with a bearer token, and the calls that the walk-through makes. */
final class DemoClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5)).build();
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final UnavailableRetry<HttpResponse<String>> RETRY = UnavailableRetry.of(HttpResponse::statusCode,
        answer -> answer.headers().firstValue("Retry-After"), HttpResponse::body);

    private final String bearer;

    DemoClient(String bearer) {
        this.bearer = bearer;
    }

    /** An answer: its status, and its body where that is JSON. */
    record DemoResponse(int status, JsonNode body) {
        boolean succeeded() {
            return status / 100 == 2;
        }

        /** Returns the detail of a refusal for a message; never content of an answer that may hold a secret. */
        String said() {
            return status + (succeeded() ? "" : " " + body);
        }
    }

    DemoResponse get(String url) {
        return send(HttpRequest.newBuilder(URI.create(url)).GET());
    }

    /** Waits at the server for the next change (RFC 7240). */
    DemoResponse getWaiting(String url, int seconds) {
        return send(HttpRequest.newBuilder(URI.create(url)).header("Prefer", "wait=" + seconds).GET());
    }

    DemoResponse put(String url, JsonNode body) {
        return send(HttpRequest.newBuilder(URI.create(url)).header("Content-Type", "application/json").PUT(BodyPublishers.ofString(body.toString())));
    }

    DemoResponse postWaiting(String url, JsonNode body, int seconds) {
        return send(HttpRequest.newBuilder(URI.create(url)).header("Content-Type", "application/json").header("Prefer", "wait=" + seconds)
            .POST(BodyPublishers.ofString(body.toString())));
    }

    DemoResponse post(String url) {
        return send(HttpRequest.newBuilder(URI.create(url)).POST(BodyPublishers.noBody()));
    }

    DemoResponse postForm(String url, String name, String value) {
        return send(HttpRequest.newBuilder(URI.create(url)).header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8))));
    }

    DemoResponse delete(String url) {
        return send(HttpRequest.newBuilder(URI.create(url)).DELETE());
    }

    private DemoResponse send(HttpRequest.Builder request) {
        HttpRequest built = request.header("Authorization", "Bearer " + bearer).timeout(LIMIT).build();
        try {
            HttpResponse<String> answer = RETRY.call(() -> once(built));
            boolean json = answer.headers().firstValue("Content-Type").orElse("").contains("json");
            return new DemoResponse(answer.statusCode(), json ? JSON.readTree(answer.body()) : JSON.createObjectNode());
        } catch (IOException e) {
            throw PartFailed.because("The answer of " + built.uri().getAuthority() + " could not be read", e);
        }
    }

    private static HttpResponse<String> once(HttpRequest request) {
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw PartFailed.because("Nobody answers at " + request.uri().getAuthority(), e);
        }
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
