// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks the names of annotations. One that nobody reads would be ignored, and {@code @aproval("approver")} would grant without an approval; so
 * every name is one that Postern reads, {@code @note}, or begins with {@code @x_}.
 */
final class PolicyAnnotations {
    private static final int FINDINGS_MAX = 20;
    private static final Set<String> READ = Set.of("id", PermitTerms.MAX_DURATION, PermitTerms.APPROVAL, "note");
    private static final Set<String> NOT_YET = Set.of("approvals", "approval_timeout", "valid_until", "break_glass");
    private static final Set<String> ALL = Stream.concat(READ.stream(), NOT_YET.stream()).collect(Collectors.toUnmodifiableSet());
    private static final String FREE = "x_";

    private PolicyAnnotations() {}

    /** Returns a finding for each annotation that would have no effect. */
    static List<PolicyFinding> findings(String text, List<PolicyToken> tokens) {
        List<PolicyFinding> findings = new ArrayList<>();
        for (int each = 0; each + 1 < tokens.size() && findings.size() < FINDINGS_MAX; each++) {
            if (tokens.get(each).is("@") && tokens.get(each + 1).word()) {
                int index = tokens.get(each).index();
                refusal(tokens.get(each + 1).text()).ifPresent(refusal -> findings.add(PolicyFinding.at("annotation", text, index, refusal)));
            }
        }
        return findings;
    }

    private static Optional<String> refusal(String name) {
        if (READ.contains(name) || name.startsWith(FREE) && name.length() > FREE.length()) {
            return Optional.empty();
        }
        if (NOT_YET.contains(name)) {
            return Optional.of("@" + name + " is not supported yet, and the policy would hold without it");
        }
        return Optional.of("there is no annotation @" + name + Nearest.to(name, ALL).map(near -> "; did you mean @" + near + "?").orElse(".")
            + " Free ones are @note and those that begin with @x_");
    }
}
