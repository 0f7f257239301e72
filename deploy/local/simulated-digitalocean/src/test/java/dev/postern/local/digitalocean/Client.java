// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A plain HTTP client of a simulation, without any knowledge of the API. */
final class Client {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String url;
    private final String token;

    Client(SimulatedDigitalOcean simulation) {
        this(simulation.url(), simulation.token());
    }

    Client(String url, String token) {
        this.url = url;
        this.token = token;
    }

    Reply get(String path) {
        return call("GET", path, null);
    }

    Reply post(String path, String body) {
        return call("POST", path, body);
    }

    Reply put(String path, String body) {
        return call("PUT", path, body);
    }

    Reply delete(String path) {
        return call("DELETE", path, null);
    }

    Reply delete(String path, String body) {
        return call("DELETE", path, body);
    }

    /** The answer, which has the status. */
    Reply expect(int status, String method, String path, String body) {
        Reply reply = call(method, path, body);
        assertThat(reply.status()).describedAs(method + " " + path + " " + reply.body()).isEqualTo(status);
        return reply;
    }

    Reply call(String method, String path, String body) {
        return call(method, path, body, "application/json");
    }

    Reply call(String method, String path, String body, String contentType) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (body == null) {
            request.method(method, HttpRequest.BodyPublishers.noBody());
        } else {
            request.method(method, HttpRequest.BodyPublishers.ofString(body));
            if (contentType != null) {
                request.header("Content-Type", contentType);
            }
        }
        try {
            return new Reply(HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString()));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** An answer, its body read on demand. */
    record Reply(HttpResponse<String> response) {

        int status() {
            return response.statusCode();
        }

        JsonNode json() {
            try {
                return MAPPER.readTree(response.body());
            } catch (IOException noJson) {
                throw new AssertionError("no JSON: " + response.body(), noJson);
            }
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }

        String errorId() {
            return json().path("id").asText();
        }

        String body() {
            return response.body();
        }
    }
}
