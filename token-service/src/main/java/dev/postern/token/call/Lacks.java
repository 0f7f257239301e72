// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import com.fasterxml.jackson.core.JsonPointer;
import dev.postern.events.CanonicalName;
import dev.postern.events.ResourceName;
import dev.postern.token.call.CallVerdict.Missing;
import dev.postern.token.call.CallVerdict.Refused;
import dev.postern.token.call.CallVerdict.Rule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Collects everything that a token lacks for one call, so that one refusal names it all. */
final class Lacks {
    /** Limit of names in a refusal; a body may have thousands. */
    private static final int NAMED_MAX = 20;
    private static final Map<String, String> CONSTRAINTS = Map.of(
        "outlives", "the answer is a credential that outlives the grant, and no entry allows that (constraint outlives: true)",
        "methods", "an entry has it for other methods only (constraint methods)",
        "client_addresses", "an entry has it for other addresses of the caller only (constraint client_addresses)",
        "query", "an entry has it for other query parameters only (constraint query)",
        "body_schema", "an entry has it for other bodies only (constraint body_schema)");

    private final Map<Missing, Coverage.Found> all = new LinkedHashMap<>();
    private final Set<String> reasons = new LinkedHashSet<>();
    private Optional<String> listed = Optional.empty();

    boolean isEmpty() {
        return all.isEmpty();
    }

    void add(Coverage.Found found, List<String> alternatives, Optional<ResourceName> resource) {
        all.putIfAbsent(new Missing(String.join("|", alternatives), resource), found);
    }

    /** Says why something that is lacking is needed. */
    void because(String reason) {
        reasons.add(reason);
    }

    /** Says that the answer is a list of which nothing could be shown. */
    void listed(Optional<String> type) {
        listed = type;
    }

    Refused refused(List<ResourceName> resources, Optional<JsonPointer> shownAt) {
        List<Missing> missing = new ArrayList<>(all.keySet()).subList(0, Math.min(NAMED_MAX, all.size()));
        List<String> words = new ArrayList<>();
        for (Missing one : missing) {
            words.add(words(one, all.get(one)));
        }
        String more = all.size() > missing.size() ? ", and " + (all.size() - missing.size()) + " more" : "";
        String message = "This token lacks " + String.join(", and ", words) + more + "." + (reasons.isEmpty() ? "" : " " + String.join(" ", reasons));
        return new Refused(resources, rule(), message, missing, shownAt);
    }

    private String words(Missing missing, Coverage.Found found) {
        String on = missing.resource().map(resource -> missing.scope() + " on " + resource + spelling(resource))
            .orElseGet(() -> missing.scope() + " on any " + listed.map(type -> "do:" + type + ":<id>").orElse("resource of the list"));
        return switch (found.lack()) {
            case SCOPE -> on;
            case CONSTRAINT -> on + " for this call: " + found.constraint().map(Lacks::constraint)
                .orElse("a constraint does not hold");
            case NAME -> on + " by name (the answer is a credential, or the call hands one on, and * is not enough)";
        };
    }

    /** Says how a name that nobody can ask for is spelled right: a Droplet with leading zeros, the fingerprint of an SSH key. */
    private static String spelling(ResourceName resource) {
        return CanonicalName.isSecondName(resource) ? CanonicalName.fault(resource).map(fault -> " (" + fault + ")").orElse("") : "";
    }

    /** @param broken a constraint's name, and behind it in brackets where it is broken */
    private static String constraint(String broken) {
        int detail = broken.indexOf(" (");
        String name = detail < 0 ? broken : broken.substring(0, detail);
        return CONSTRAINTS.getOrDefault(name, broken) + (detail < 0 ? "" : broken.substring(detail));
    }

    private Rule rule() {
        boolean scope = all.values().stream().anyMatch(found -> found.lack() == Coverage.Lack.SCOPE);
        boolean name = all.values().stream().anyMatch(found -> found.lack() == Coverage.Lack.NAME);
        return scope ? Rule.NOT_GRANTED : name ? Rule.CREDENTIAL : Rule.CONSTRAINT;
    }
}
