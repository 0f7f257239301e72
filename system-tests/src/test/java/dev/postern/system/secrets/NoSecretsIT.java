// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.events.EventJson;
import dev.postern.local.parts.JavaCommand;
import dev.postern.local.parts.KeycloakTokens;
import dev.postern.local.stack.Cloud;
import dev.postern.local.stack.LocalStack;
import dev.postern.local.stack.ServiceProcess;
import dev.postern.system.SharedStack;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * After the demo, and after tokens were also sent where they do not belong: no token, no client secret, no password and no provider credential lies in Kafka, in PostgreSQL
 * or in a log. Keycloak's own database is left out: secrets are its business, it keeps what it checks. Its log is not.
 */
@ExtendWith(SharedStack.class)
class NoSecretsIT {
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final List<String> CLIENTS = List.of("client-portal", "second-portal", KeycloakTokens.CONSOLE, "token-service", "policy-service",
        "firewall-sync-service", "audit-service");
    private static final List<String> PEOPLE = List.of("olga", "paul", "anna", "audrey", "rita");
    /** Kafka's sparse files of offsets and times, 10 MB each: nothing of a record is in them. */
    private static final Set<String> OFFSETS = Set.of(".index", ".timeindex");
    private static final int DEMO_WITHIN_S = 180;

    @Test
    void noSecretIsLeftBehind(LocalStack stack) throws Exception {
        Secrets secrets = new Secrets().know("the provider's credential", Cloud.Simulated.SAMPLE_TOKEN)
            .know("the credential of the account at Cloudflare", LocalStack.EDGE_TOKEN);
        CLIENTS.forEach(client -> secrets.know("the secret of " + client, KeycloakTokens.secretOf(client)));
        PEOPLE.forEach(person -> secrets.know("the password of " + person, KeycloakTokens.passwordOf(person)));
        runTheDemo(stack);
        String request = UUID.randomUUID().toString();
        useAndMisuseTokens(stack, request, secrets);
        checkpoint(stack);

        Set<String> found = new TreeSet<>();
        Set<String> placesOfTheRequest = new TreeSet<>();
        Path data = stack.settings().data();
        search("PostgreSQL rows", secrets, request, found, placesOfTheRequest, pieces -> Remembered.rows(stack, pieces));
        search("Kafka records", secrets, request, found, placesOfTheRequest, pieces -> Remembered.records(stack, pieces));
        search("Kafka files", secrets, request, found, placesOfTheRequest, pieces -> Remembered.files(data.resolve("kafka"), OFFSETS, pieces));
        search("PostgreSQL files", secrets, request, found, placesOfTheRequest, pieces -> Remembered.files(data.resolve("postgres"), Set.of(), pieces));
        search("logs", secrets, request, found, placesOfTheRequest, pieces -> Remembered.files(stack.logs(), Set.of(), pieces));
        search("run folders", secrets, request, found, placesOfTheRequest, pieces -> Remembered.files(data.resolve("run"), Set.of(), pieces));

        assertThat(found).isEmpty();
        // The same search does find what is there.
        assertThat(placesOfTheRequest).contains("PostgreSQL rows", "Kafka records", "Kafka files", "PostgreSQL files");
    }

    private interface Search {
        void through(BiConsumer<String, String> pieces) throws IOException, SQLException;
    }

    private static void search(String where, Secrets secrets, String request, Set<String> found, Set<String> placesOfTheRequest, Search search)
        throws IOException, SQLException {
        search.through((place, text) -> {
            secrets.in(text).forEach(secret -> found.add(where + ", " + place + ": " + secret));
            if (text.contains(request) || text.contains(request.replace("-", ""))) {
                placesOfTheRequest.add(where);
            }
        });
    }

    /** Runs the calls of {@code deploy/local/demo}. */
    private static void runTheDemo(LocalStack stack) throws IOException, InterruptedException {
        Properties addresses = new Properties();
        stack.services().forEach(service -> addresses.setProperty(service.name(), service.url()));
        addresses.setProperty("issuer", stack.keycloak().issuer());
        addresses.setProperty("cloud", stack.cloudUrl());
        addresses.setProperty("simulated", "true");
        Path data = stack.settings().data();
        try (Writer writer = Files.newBufferedWriter(data.resolve("addresses.properties"))) {
            addresses.store(writer, null);
        }
        Process demo = new ProcessBuilder(JavaCommand.path(), "-Dpostern.root=" + stack.settings().root(), "-cp", System.getProperty("java.class.path"),
            "dev.postern.local.stack.Demo", "--data", data.toString()).redirectErrorStream(true).redirectOutput(data.resolve("demo.txt").toFile()).start();
        assertThat(demo.waitFor(DEMO_WITHIN_S, TimeUnit.SECONDS)).as("the demo ends").isTrue();
        assertThat(demo.exitValue()).as(Files.readString(data.resolve("demo.txt"))).isZero();
    }

    private static void useAndMisuseTokens(LocalStack stack, String request, Secrets secrets) throws IOException, InterruptedException {
        String url = stack.service("token-service").url();
        String portal = stack.tokens().client("client-portal");
        secrets.know("the portal's access token", portal);
        for (String person : PEOPLE) {
            secrets.know("the access token of " + person, stack.tokens().password(person));
        }
        String wish = """
            {"id":"%s","account":"acme","on_behalf_of":"customer-9","duration":"PT5M","authorization_details":[{"type":"firewall_opening","identifier":"service:shop-db",\
            "protocol":"tcp","ports":"5432","sources":["203.0.113.99"]}]}""".formatted(request);
        JsonNode granted = send(url + "/access-requests", "POST", portal, "application/json", wish);
        assertThat(granted.path("status").asText()).as(granted.toString()).isEqualTo("granted");
        String first = send(url + "/access-requests/" + request + "/token", "POST", portal, null, "").path("token").asText();
        String second = send(url + "/access-requests/" + request + "/token", "POST", portal, null, "").path("token").asText();
        secrets.know("the first token", first).know("the second token", second);
        send(url + "/oauth2/introspect", "POST", portal, "application/x-www-form-urlencoded", "token=" + second);
        for (String secret : List.of(first, second, portal, KeycloakTokens.secretOf("client-portal"))) {
            misuse(stack, portal, secret);
        }
        send(url + "/oauth2/revoke", "POST", portal, "application/x-www-form-urlencoded", "token=" + second);
        send(url + "/access-requests/" + request, "DELETE", portal, null, "");
    }

    /** Secrets in paths, queries, headers, members and bodies where nobody expects them: what refuses them must not write them down. */
    private static void misuse(LocalStack stack, String bearer, String secret) throws IOException, InterruptedException {
        String encoded = URLEncoder.encode(secret, StandardCharsets.UTF_8);
        for (ServiceProcess service : stack.services()) {
            String url = service.url();
            for (String path : List.of("/access-requests/" + encoded, "/access-requests?cursor=" + encoded, "/access-requests?" + encoded + "=x",
                "/policies/" + encoded, "/services/" + encoded,
                "/entries/" + encoded, "/entries?request_id=" + encoded, "/" + encoded, "/access-requests/%zz" + encoded)) {
                raw(url, path, "GET", bearer, null, "");
                raw(url, path, "DELETE", secret, null, "");
            }
            for (String body : List.of("{\"token\":\"" + secret + "\"}", secret, "{\"" + secret + "\":1", "{\"id\":\"" + secret + "\"}",
                "token=" + encoded + "&x=%zz")) {
                for (String path : List.of("/access-requests", "/oauth2/introspect", "/oauth2/revoke")) {
                    raw(url, path, "POST", bearer, "application/json", body);
                    raw(url, path, "POST", secret, "application/x-www-form-urlencoded", body);
                }
                raw(url, "/policies/misused", "PUT", bearer, "text/plain", body);
                raw(url, "/services/misused", "PUT", bearer, "application/json", body);
            }
        }
    }

    private static JsonNode send(String url, String method, String bearer, String type, String body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).header("Authorization", "Bearer " + bearer).header("Prefer", "wait=30")
            .method(method, BodyPublishers.ofString(body));
        if (type != null) {
            request.header("Content-Type", type);
        }
        HttpResponse<String> answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
        return answer.body().isEmpty() ? EventJson.mapper().missingNode() : EventJson.mapper().readTree(answer.body());
    }

    private static void raw(String url, String target, String method, String bearer, String type, String body) throws IOException, InterruptedException {
        URI base = URI.create(url);
        String head = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + bearer + "\r\n"
            + (type == null ? "" : "Content-Type: " + type + "\r\nContent-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n") + "\r\n"
            + (type == null ? "" : body);
        try (java.net.Socket socket = new java.net.Socket(base.getHost(), base.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
            socket.getInputStream().readAllBytes();
        }
    }

    /** Brings what PostgreSQL holds in memory to its files. */
    private static void checkpoint(LocalStack stack) throws SQLException {
        try (Connection connection = stack.postgres().superuser("postgres").connect(); Statement statement = connection.createStatement()) {
            statement.execute("CHECKPOINT");
        }
    }
}
