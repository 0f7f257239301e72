// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Collectors;

/** A plain HTTP client of the simulation: paths are below the account's lists, unless they begin with a slash. */
final class Client {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String url;
    private final String token;
    private final String lists;

    Client(SimulatedCloudflare simulation) {
        this(simulation.url(), simulation.token(), simulation.accountId());
    }

    Client(String url, String token, String accountId) {
        this.url = url;
        this.token = token;
        this.lists = "/client/v4/accounts/" + accountId + "/rules/lists";
    }

    /** An answer, its body read on demand. */
    record Reply(int status, String body, HttpResponse<String> response) {
        JsonNode json() {
            try {
                return MAPPER.readTree(body);
            } catch (IOException noJson) {
                throw new AssertionError("no JSON: " + body, noJson);
            }
        }

        JsonNode result() {
            return json().get("result");
        }

        int errorCode() {
            return json().at("/errors/0/code").asInt();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }
    }

    Reply call(String method, String path, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + (path.startsWith("/") ? path : path.isEmpty() ? lists : lists + "/" + path)));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        request.method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        try {
            HttpResponse<String> response = HTTP.send(request.header("Content-Type", "application/json").build(), HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), response.body(), response);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** @return its id */
    String createList(String name) {
        Reply reply = call("POST", "", "{\"name\":\"" + name + "\",\"kind\":\"ip\"}");
        if (reply.status() != 200) {
            throw new AssertionError(reply.body());
        }
        return reply.result().get("id").asText();
    }

    /** POST or PUT of these addresses. */
    Reply items(String method, String list, String... ips) {
        return call(method, list + "/items", List.of(ips).stream().map(ip -> "{\"ip\":\"" + ip + "\"}").collect(Collectors.joining(",", "[", "]")));
    }

    /** @return its id, after it was taken on */
    String operation(String method, String list, String... ips) {
        Reply reply = items(method, list, ips);
        if (reply.status() != 200) {
            throw new AssertionError(reply.body());
        }
        return reply.result().get("operation_id").asText();
    }

    String status(String operation) {
        return call("GET", "bulk_operations/" + operation, null).result().get("status").asText();
    }

    /** Returns the addresses on the first page, at most 500. */
    List<String> ips(String list) {
        return call("GET", list + "/items?per_page=500", null).result().findValuesAsText("ip");
    }
}
