// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.edge.Problem;
import dev.postern.token.call.CallVerdict;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The documents that a refusal's Link leads to (RFC 9457), one for each rule; the gateway serves them to everybody. */
final class ProblemDocuments {
    static final String PATH = "/problems/";
    static final String MAX_CALLS = "max-calls";
    private static final Map<String, String> DETAILS = Map.of(
        "not-valid-now", "The grant behind the token has ended, or has not begun.",
        "not-granted", "No entry of the token's authorization_details has the scope on the resource that postern-missing-scope and "
            + "postern-missing-resource name. Ask for an access request that has it.",
        "constraint", "An entry of the token's authorization_details has the scope on the resource, and a constraint of it does not hold for this call.",
        "credential-by-name-only", "The answer would hold a credential: only an entry that names this very resource opens it, never one that ends in *.",
        "malformed-reference", "A place of the call that names a resource holds something that cannot be the name of one.",
        "unknown-reference", "The call has a member that may name a resource, and that Postern's table of operations does not know.",
        "unexpected-body", "The call has a body where none belongs.",
        "not-served", "Postern does not serve this operation.",
        MAX_CALLS, "The grant allows a number of calls, and they are used up.");
    private static final Map<String, String> DOCUMENTS = documents();

    private ProblemDocuments() {}

    /** The document of a rule, as JSON. */
    static Optional<String> of(String rule) {
        return Optional.ofNullable(DOCUMENTS.get(rule));
    }

    private static Map<String, String> documents() {
        Map<String, String> documents = new HashMap<>();
        Arrays.stream(CallVerdict.Rule.values()).map(CallVerdict.Rule::word)
            .forEach(rule -> documents.put(rule, new Problem(403, rule, DETAILS.getOrDefault(rule, "The token does not allow this call.")).toJson()));
        documents.put(MAX_CALLS, new Problem(403, MAX_CALLS, DETAILS.get(MAX_CALLS)).toJson());
        return Map.copyOf(documents);
    }
}
