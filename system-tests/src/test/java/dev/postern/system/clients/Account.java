// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.events.EventJson;
import dev.postern.local.stack.LocalStack;
import dev.postern.system.actors.ServiceResponse;
import dev.postern.system.actors.Caller;
import dev.postern.system.actors.Cast;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/** The account that clients work in: its owner at the provider, and tokens of Postern for parts of it. */
final class Account {
    private static final String NAME = "acme";
    private static final String CUSTOMER = "client-tests";
    private static final String WHOLE_TYPES = "nobody-gets-a-whole-type";
    private static final Duration POLICY_KNOWN_WITHIN = Duration.ofSeconds(30);

    private final LocalStack stack;
    private final Cast cast;
    private final Caller owner;

    Account(LocalStack stack) {
        this.stack = stack;
        this.cast = Cast.of(stack);
        this.owner = new Caller(() -> stack.settings().cloud().token());
    }

    /** Returns the URL that clients call: the gateway's. */
    String gateway() {
        return stack.gatewayUrl();
    }

    int gatewayPort() {
        return URI.create(gateway()).getPort();
    }

    /** The owner's own call at the provider, past the gateway. */
    ServiceResponse owns(String method, String path, String body) {
        String url = stack.cloudUrl() + path;
        return switch (method) {
            case "GET" -> owner.get(url);
            case "POST" -> owner.post(url, body);
            case "DELETE" -> owner.delete(url);
            default -> throw new IllegalArgumentException(method);
        };
    }

    /** A zone of that name with so many records, made anew. */
    void zone(String domain, int records) {
        if (owns("GET", "/v2/domains/" + domain, null).status() == 200) {
            owns("DELETE", "/v2/domains/" + domain, null).expect(204);
        }
        owns("POST", "/v2/domains", "{\"name\": \"" + domain + "\"}").expect(201);
        for (int at = 1; at < records; at++) {
            owns("POST", "/v2/domains/" + domain + "/records", "{\"type\": \"A\", \"name\": \"host-" + at + "\", \"data\": \"192.0.2." + at + "\"}")
                .expect(201);
        }
    }

    /** The TXT records of a zone of that name, as the provider has them. */
    List<String> texts(String domain, String name) {
        JsonNode records = owns("GET", "/v2/domains/" + domain + "/records?type=TXT&per_page=200", null).expect(200).json().path("domain_records");
        return StreamSupport.stream(records.spliterator(), false).filter(record -> name.equals(record.path("name").asText()))
            .map(record -> record.path("data").asText()).toList();
    }

    /** Returns the number of records that a zone has at the provider. */
    int records(String domain) {
        return owns("GET", "/v2/domains/" + domain + "/records?per_page=1", null).expect(200).json().path("meta").path("total").asInt();
    }

    /** Lets client-portal ask for these scopes, of every resource of the account that a test names. */
    void permits(String policy, List<String> scopes) {
        cast.author().putAnyway(policy, """
            permit (principal == Portal::"client-portal", action in [%s], resource)
                when { context has on_behalf_of && context.on_behalf_of == "%s" && resource in Account::"%s" };"""
            .formatted(String.join(", ", scopes.stream().map(scope -> "Action::\"" + scope + "\"").toList()), CUSTOMER, NAME));
    }

    /** Takes these tests out of the sample policy that keeps whole types from everybody: what creates something needs its whole type. */
    void permitsWholeTypes() {
        Caller paul = new Caller(() -> stack.tokens().password("paul"));
        String url = stack.service("policy-service").url() + "/policies/" + WHOLE_TYPES;
        ServiceResponse present = paul.get(url).expect(200);
        paul.put(url, "text/plain; charset=utf-8", """
            @id("%s")
            forbid (principal, action in [Action::"digitalocean", Action::"registry"], resource is Resource)
            when { resource.wildcard } unless { context has on_behalf_of && context.on_behalf_of == "%s" };""".formatted(WHOLE_TYPES, CUSTOMER),
            "If-Match", present.headers().firstValue("etag").orElse("*")).expect(200, 201, 204);
    }

    /** One entry of a grant. */
    record Entry(String resource, List<String> scopes, boolean ownCreated) {
        static Entry of(String resource, String... scopes) {
            return new Entry(resource, List.of(scopes), false);
        }

        static Entry ownCreated(String resource, String... scopes) {
            return new Entry(resource, List.of(scopes), true);
        }
    }

    /** A token of Postern for these entries. Policies travel beside the requests, so it asks until it is granted. */
    String token(Entry... entries) {
        return granted(id -> request(id, entries));
    }

    private String granted(Function<UUID, ObjectNode> request) {
        UUID[] granted = new UUID[1];
        await().atMost(POLICY_KNOWN_WITHIN).untilAsserted(() -> {
            UUID id = UUID.randomUUID();
            ServiceResponse answer = cast.portal().ask(request.apply(id), "prefer", "wait=20");
            assertThat(answer.json().path("status").asText()).as(answer.json().toString()).isEqualTo("granted");
            assertThat(answer.json().path("decision").path("outcome").asText()).as(answer.json().toString()).isEqualTo("granted");
            granted[0] = id;
        });
        return cast.portal().collect(granted[0]).expect(200, 201).json().path("token").asText();
    }

    /** A token of Postern for one entry, given as an access request has it. */
    String token(JsonNode entry) {
        return granted(id -> {
            ObjectNode body = request(id);
            ((ArrayNode) body.get("authorization_details")).add(entry);
            return body;
        });
    }

    private static ObjectNode request(UUID id, Entry... entries) {
        ObjectNode body = EventJson.mapper().createObjectNode();
        body.put("id", id.toString()).put("account", NAME).put("on_behalf_of", CUSTOMER).put("duration", "PT1H");
        ArrayNode details = body.putArray("authorization_details");
        for (Entry entry : entries) {
            ObjectNode detail = details.addObject().put("type", "digitalocean_api").put("identifier", entry.resource());
            entry.scopes().forEach(detail.putArray("actions")::add);
            if (entry.ownCreated()) {
                detail.putObject("constraints").put("own_created", true);
            }
        }
        return body;
    }

    /** A call through the gateway exactly as given, with the token of Postern; the JDK's client as it comes, which offers HTTP/2. */
    static HttpResponse<String> call(HttpClient client, String token, String method, String url, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).header("Authorization", "Bearer " + token).timeout(Duration.ofSeconds(30));
        if (body == null) {
            request.method(method, HttpRequest.BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json").method(method, HttpRequest.BodyPublishers.ofString(body));
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }
}
