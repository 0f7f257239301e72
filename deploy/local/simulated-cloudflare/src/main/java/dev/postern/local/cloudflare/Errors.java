// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import dev.postern.local.simulated.Refusal;
import java.util.Map;

/** Cloudflare's refusals, each with its error code. DESIGN.md says which codes were observed and which were chosen. */
final class Errors {
    private Errors() {
    }

    static Refusal missingToken() {
        return new Refusal(400, "9106", "Missing X-Auth-Key, X-Auth-Email or Authorization headers");
    }

    static Refusal unknownToken() {
        return new Refusal(401, "10000", "Authentication error");
    }

    /** The token is good, but opens another account. */
    static Refusal otherAccount() {
        return new Refusal(403, "10000", "Authentication error");
    }

    /** The token is good and the account's, but lacks the permission that the call needs. */
    static Refusal permissionMissing() {
        return new Refusal(403, "10000", "Authentication error");
    }

    static Refusal invalidJson(String what) {
        return new Refusal(400, "10026", "filters.api.invalid_json: " + what);
    }

    static Refusal noSuchThing(String what) {
        return new Refusal(404, "10404", what + " was not found");
    }

    static Refusal invalidList(String why) {
        return new Refusal(400, "10400", why);
    }

    static Refusal duplicateName() {
        return new Refusal(400, "10409", "a list with this name already exists");
    }

    static Refusal invalidIp(String text, String why) {
        return new Refusal(400, "10027", text + " is not a valid value for ip because " + why);
    }

    static Refusal duplicateItem(String text) {
        return new Refusal(400, "10028", text + " is not a valid value for ip because filters.api.duplicate_item_value");
    }

    static Refusal listInUse() {
        return new Refusal(400, "10031", "filters.api.ip_list_in_use");
    }

    static Refusal tooMany(String what) {
        return new Refusal(400, "10021", what);
    }

    static Refusal operationPending() {
        return new Refusal(429, "10429", "there is a limit of 1 pending bulk operation per account: an outstanding bulk operation is in progress");
    }

    static Refusal tooManyItemChanges(long retryAfterSeconds) {
        return new Refusal(429, "10429", "list item modifications are rate limited", Map.of("retry-after", Long.toString(retryAfterSeconds)));
    }
}
