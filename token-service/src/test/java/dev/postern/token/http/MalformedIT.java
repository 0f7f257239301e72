// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import static dev.postern.token.real.Caller.PORTAL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.parts.RealParts;
import dev.postern.token.real.Caller;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A generated corpus of what nobody should send: never a 5xx, never a stack trace, and nothing is taken in that was refused. */
@QuarkusTest
class MalformedIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final List<String> HOSTILE_VALUES = List.of("null", "true", "-1", "0", "1e400", "123456789012345678901234567890", "[]", "{}", "[[]]",
        "[null]", "\"\"", "\" \"", "\"\\u0000\"", "\"a\\u0007b\"", "\"\\ud800\"", "\"\u202e\"", "\"'; drop table access_request; --\"", "\"../../etc/passwd\"",
        "\"${jndi:ldap://x}\"", "{\"type\": {\"type\": []}}", "\"" + "x".repeat(5_000) + "\"");
    private static final List<String> HOSTILE_TEXTS = List.of("%00", "..%2f..", "a".repeat(3_000), "%ff%fe", "%F0%9F%92%A9", "'%20or%201=1", "*", "%",
        "-1", "00000000-0000-0000-0000-000000000000%20", "018F3F0E-7A51-7C3E-9B1D-0242AC120002", "1-1-1-1-1", ";jsessionid=1", "%2e%2e");

    @TestHTTPResource
    URI service;

    /** A call and how it was answered. */
    record Answered(String call, int status, String body) {}

    private Answered send(String method, String path, String contentType, byte[] body, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(service.toString().replaceAll("/$", "") + path))
            .header("Authorization", "Bearer " + PORTAL.accessToken())
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        if (contentType != null) {
            request.header("Content-Type", contentType);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<byte[]> answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        String shown = body == null ? "" : new String(body, 0, Math.min(200, body.length), StandardCharsets.ISO_8859_1);
        return new Answered(method + " " + path + " " + shown, answer.statusCode(), new String(answer.body(), StandardCharsets.UTF_8));
    }

    private static void check(Answered answered) {
        assertThat(answered.status()).as(answered.call() + " -> " + answered.body()).isLessThan(500);
        assertThat(answered.body()).as(answered.call()).doesNotContain("Exception", "\tat ", "java.", "org.hibernate");
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String valid() {
        return Caller.opening(UUID.randomUUID().toString(), "203.0.113.90").strip();
    }

    @Test
    void aBodyWithAnyMemberReplacedByAnythingIsTakenInOrRefusedAndNothingElse() throws Exception {
        long before = rows();
        long accepted = 0;
        int calls = 0;
        for (String pointer : pointers(JSON.readTree(valid()), "")) {
            for (String hostile : HOSTILE_VALUES) {
                Answered answered = send("POST", "/access-requests", "application/json", text(replaced(valid(), pointer, hostile)));
                check(answered);
                accepted += answered.status() == 202 ? 1 : 0;
                calls++;
            }
        }
        assertThat(calls).isGreaterThan(250);
        assertThat(rows() - before).isEqualTo(accepted);
    }

    @Test
    void brokenBytesAreRefused() throws Exception {
        long before = rows();
        List<byte[]> bodies = new ArrayList<>();
        byte[] valid = text(valid());
        for (int length = 0; length < valid.length - 1; length += 3) {
            bodies.add(java.util.Arrays.copyOf(valid, length));
        }
        bodies.add("\ufeff{}".getBytes(StandardCharsets.UTF_8));
        bodies.add(valid().getBytes(StandardCharsets.UTF_16));
        bodies.add(valid().replace("customer-17", "k\u00fcnde").getBytes(StandardCharsets.ISO_8859_1));
        bodies.add(text("[".repeat(100_000)));
        bodies.add(text("{\"a\":".repeat(20_000)));
        bodies.add(text(valid().replace("\"PT8H\"", "\"PT8H\", \"duration\": \"PT9H\"")));
        bodies.add(text(valid() + valid()));
        bodies.add(text("{\"account\": " + "9".repeat(100_000) + "}"));
        bodies.add(new byte[1_000]);
        for (byte[] body : bodies) {
            Answered answered = send("POST", "/access-requests", "application/json", body);
            check(answered);
            assertThat(answered.status()).as(answered.call()).isBetween(400, 499);
        }
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void flippedBytesAreTakenInOrRefused() throws Exception {
        Random chance = new Random(4711);
        for (int i = 0; i < 200; i++) {
            byte[] body = text(valid());
            for (int flips = 1 + chance.nextInt(3); flips > 0; flips--) {
                body[chance.nextInt(body.length)] = (byte) chance.nextInt(256);
            }
            check(send("POST", "/access-requests", "application/json", body));
        }
    }

    @Test
    void formsThatAreNoneAreRefused() throws Exception {
        for (String path : List.of("/oauth2/introspect", "/oauth2/revoke")) {
            for (String hostile : HOSTILE_TEXTS) {
                check(send("POST", path, "application/x-www-form-urlencoded", text("token=" + hostile)));
                check(send("POST", path, "application/x-www-form-urlencoded", text(hostile + "=token&" + hostile)));
            }
            check(send("POST", path, "application/x-www-form-urlencoded", new byte[] {(byte) 0xff, '=', (byte) 0xfe}));
            check(send("POST", path, "application/x-www-form-urlencoded", new byte[100_000]));
            check(send("POST", path, "application/x-www-form-urlencoded; charset=klingon", text("token=a")));
            check(send("POST", path, "multipart/form-data; boundary=x", text("--x\r\n\r\n--x--")));
            check(send("POST", path, "nonsense", text("token=a")));
            check(send("POST", path, null, text("token=a")));
            Answered inTheUrl = send("POST", path + "?token=pst_x", "application/x-www-form-urlencoded", text("token=a"));
            assertThat(inTheUrl.status()).isEqualTo(400);
        }
    }

    @Test
    void idsQueriesHeadersAndMethodsThatAreNoneAreRefused() throws Exception {
        for (String hostile : HOSTILE_TEXTS) {
            if (!hostile.equals("%")) {
                check(send("GET", "/access-requests/" + hostile, null, null));
                check(send("DELETE", "/access-requests/" + hostile, null, null));
                check(send("POST", "/access-requests/" + hostile + "/token", null, null));
                for (String parameter : List.of("status", "on_behalf_of", "cursor", "limit", "x")) {
                    check(send("GET", "/access-requests?" + parameter + "=" + hostile, null, null));
                }
            }
        }
        String id = PORTAL.asksFor("203.0.113.91");
        // Ended, so that nothing can change and no wait is a long one.
        PORTAL.calls().delete("/access-requests/" + id).then().statusCode(204);
        for (String header : List.of("wait=99999999999999999999", "wait=\"", ";;;", "wait=1;wait=2", "=", "x".repeat(5_000))) {
            check(send("GET", "/access-requests/" + id, null, null, "Prefer", header));
            check(send("GET", "/access-requests/" + id, null, null, "If-None-Match", header));
        }
        for (String method : List.of("PUT", "PATCH", "OPTIONS", "TRACE", "BREW")) {
            for (String path : List.of("/access-requests", "/access-requests/" + id, "/access-requests/" + id + "/token", "/oauth2/introspect", "/nowhere")) {
                check(send(method, path, "application/json", text("{}")));
            }
        }
    }

    private static List<String> pointers(JsonNode node, String pointer) {
        List<String> all = new ArrayList<>();
        if (!pointer.isEmpty()) {
            all.add(pointer);
        }
        node.fields().forEachRemaining(member -> all.addAll(pointers(member.getValue(), pointer + "/" + member.getKey())));
        if (node.isArray()) {
            for (int index = 0; index < node.size(); index++) {
                all.addAll(pointers(node.get(index), pointer + "/" + index));
            }
        }
        return all;
    }

    /** The value at the pointer replaced by a text that may be no JSON that a parser of ours would write. */
    private static String replaced(String body, String pointer, String value) throws IOException {
        JsonNode root = JSON.readTree(body);
        JsonNode parent = root.at(pointer.substring(0, pointer.lastIndexOf('/')));
        String last = pointer.substring(pointer.lastIndexOf('/') + 1);
        if (parent instanceof ArrayNode array) {
            array.set(Integer.parseInt(last), "@hostile@");
        } else {
            ((ObjectNode) parent).put(last, "@hostile@");
        }
        return root.toString().replace("\"@hostile@\"", value);
    }

    private static long rows() throws SQLException {
        try (Connection connection = RealParts.postgres().superuser("token").connect(); Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery("select count(*) from access_request")) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
