// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.http;

import static io.restassured.RestAssured.given;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.local.parts.RealParts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Somebody who reads the log over HTTP. */
public final class Auditor {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> TOKENS = new HashMap<>();

    private final String person;

    /** A sample person of the realm. */
    public Auditor(String person) {
        this.person = person;
    }

    /** Returns a client for a person with the role auditor. */
    public static Auditor audrey() {
        return new Auditor("audrey");
    }

    /** The access token. */
    public String token() {
        synchronized (TOKENS) {
            return TOKENS.computeIfAbsent(person, RealParts.keycloak().tokens()::password);
        }
    }

    /** The answer to a GET that must succeed. */
    public JsonNode get(String path, Object... queryNamesAndValues) {
        Map<String, Object> query = new HashMap<>();
        for (int i = 0; i < queryNamesAndValues.length; i += 2) {
            query.put((String) queryNamesAndValues[i], queryNamesAndValues[i + 1].toString());
        }
        String body = given().auth().oauth2(token()).queryParams(query).get(path).then().statusCode(200).extract().asString();
        try {
            return JSON.readTree(body);
        } catch (IOException noJson) {
            throw new UncheckedIOException(noJson);
        }
    }

    /** All entries of a source from {@code first} on, by paging. */
    public List<JsonNode> entriesOf(String source, long first) {
        List<JsonNode> found = new ArrayList<>();
        String cursor = first == 0 ? null : dev.postern.edge.Cursor.of(first - 1, "").encode();
        while (true) {
            JsonNode page = cursor == null ? get("/entries", "limit", 200) : get("/entries", "limit", 200, "cursor", cursor);
            page.get("items").forEach(entry -> {
                if (entry.get("source").asText().equals(source)) {
                    found.add(entry);
                }
            });
            if (!page.has("next_cursor")) {
                return found;
            }
            cursor = page.get("next_cursor").asText();
        }
    }

    /** Returns the number of entries in the log. */
    public long size() {
        return get("/checkpoint").get("size").asLong();
    }
}
