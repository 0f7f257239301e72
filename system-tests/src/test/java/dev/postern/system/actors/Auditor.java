// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.actors;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Reads the audit log. */
public final class Auditor {
    private static final int PAGE = 200;
    private final Caller caller;
    private final String auditService;

    /** An auditor who calls audit-service at a base URL. */
    public Auditor(Caller caller, String auditService) {
        this.caller = caller;
        this.auditService = auditService;
    }

    /** All entries, in order, page by page; {@code filter} as in {@code topic=access-decided}, or empty. */
    public List<JsonNode> entries(String filter) {
        List<JsonNode> entries = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = caller.get(auditService + "/entries?limit=" + PAGE + (filter.isEmpty() ? "" : "&" + filter) + cursor).expect(200).json();
            page.path("items").forEach(entries::add);
            cursor = page.path("next_cursor").isTextual() ? "&cursor=" + page.path("next_cursor").asText() : "";
        } while (!cursor.isEmpty());
        return entries;
    }

    /** The checkpoint. */
    public JsonNode checkpoint() {
        return caller.get(auditService + "/checkpoint").expect(200).json();
    }
}
