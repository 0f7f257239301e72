// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import com.cedarpolicy.BasicAuthorizationEngine;
import com.cedarpolicy.model.DetailedError;
import com.cedarpolicy.model.Effect;
import com.cedarpolicy.model.ValidationRequest;
import com.cedarpolicy.model.ValidationResponse;
import com.cedarpolicy.model.exception.AuthException;
import com.cedarpolicy.model.exception.InternalException;
import com.cedarpolicy.model.policy.Policy;
import com.cedarpolicy.model.policy.PolicySet;
import dev.postern.events.PolicyId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks a text before it becomes a policy: one statement, no template, of bounded shape, in the words of the schema, with annotations that mean
 * something. What passes here can be compiled with the set.
 */
public final class CheckPolicy {
    private static final String ID = "id";
    private static final int FINDINGS_MAX = 20;
    private static final int MESSAGE_LENGTH_MAX = 500;
    /** Cedar warns of a policy that can apply in no request environment; its author thinks that it does something. */
    private static final String IMPOSSIBLE = "impossible";
    private static final BasicAuthorizationEngine CEDAR = new BasicAuthorizationEngine();

    private CheckPolicy() {}

    /** Checks the text that is to be the policy {@code id}, where it is not known which services there are. */
    public static PolicyCheck check(PolicyId id, String text) {
        return check(id, text, Optional.empty());
    }

    /**
     * Checks the text that is to be the policy {@code id}. Cedar works on the caller's thread, which has to have a stack of some megabytes.
     *
     * @param services the protected services among those of {@link #servicesNamed}; empty where they are not known
     */
    public static PolicyCheck check(PolicyId id, String text, Optional<Set<String>> services) {
        Optional<PolicyFinding> broken = brokenBounds(text);
        if (broken.isPresent()) {
            return new PolicyCheck.Unsound(List.of(broken.get()));
        }
        List<PolicyToken> tokens = PolicyToken.of(text);
        List<PolicyFinding> escapes = PolicyVocabulary.escapes(text, tokens);
        return escapes.isEmpty() ? byCedar(id, text, tokens, services) : unsound(escapes);
    }

    /** Returns what would make a check too costly, or what would make Cedar recurse without end; empty if nothing does. Does not call Cedar. */
    public static Optional<PolicyFinding> brokenBounds(String text) {
        return PolicyBounds.broken(text).or(() -> CheckCost.broken(text, PolicyToken.of(text)));
    }

    /** Returns what is wrong with a text that was accepted by an earlier version; empty if nothing is. Does not call Cedar. */
    static Optional<PolicyFinding> outdated(String text) {
        List<PolicyToken> tokens = PolicyToken.of(text);
        return brokenBounds(text).or(() -> PolicyVocabulary.escapes(text, tokens).stream().findFirst())
            .or(() -> PolicyAnnotations.findings(text, tokens).stream().findFirst())
            .or(() -> PolicyVocabulary.of(text, tokens, Optional.empty()).errors().stream().findFirst());
    }

    /** Returns the services that a text names. */
    public static Set<String> servicesNamed(String text) {
        return brokenBounds(text).isPresent() ? Set.of() : EntityLiteral.in(PolicyToken.of(text)).stream()
            .filter(literal -> literal.type().equals("Service")).map(EntityLiteral::id).collect(Collectors.toSet());
    }

    private static PolicyCheck byCedar(PolicyId id, String text, List<PolicyToken> tokens, Optional<Set<String>> services) {
        Policy policy = new Policy(text, id.toString());
        try {
            ValidationResponse response = CEDAR.validate(new ValidationRequest(
                PolicySchema.provided().sliceFor(CheckCost.actions(tokens)), new PolicySet(Set.of(policy))));
            if (response.success.isEmpty()) {
                return unsound(some(response.errors.stream().flatMap(List::stream)).stream().map(error -> finding("syntax", id, text, error)).toList());
            }
            PolicyVocabulary vocabulary = PolicyVocabulary.of(text, tokens, services);
            List<PolicyFinding> findings = new ArrayList<>(vocabulary.errors());
            some(response.success.get().validationErrors.stream().map(ValidationResponse.ValidationError::getError)).stream()
                .filter(error -> vocabulary.errors().isEmpty() || !error.message.contains("unrecognized action"))
                .forEach(error -> findings.add(finding("schema", id, text, error)));
            findings.addAll(PolicyAnnotations.findings(text, tokens));
            findings.addAll(annotations(id, policy));
            List<PolicyFinding> warnings = new ArrayList<>(vocabulary.warnings());
            for (DetailedError error : some(response.success.get().validationWarnings.stream().map(ValidationResponse.ValidationError::getError))) {
                PolicyFinding warning = finding("warning", id, text, error);
                if (warning.message().contains(IMPOSSIBLE)) {
                    findings.add(new PolicyFinding("never-applies", warning.line(), warning.column(), "this policy can never apply: " + warning.message()));
                } else {
                    warnings.add(warning);
                }
            }
            return findings.isEmpty() ? new PolicyCheck.Sound(warnings.stream().distinct().limit(FINDINGS_MAX).toList()) : unsound(findings);
        } catch (AuthException | RuntimeException noAnswer) {
            return unsound(List.of());
        }
    }

    private static List<PolicyFinding> annotations(PolicyId id, Policy policy) throws InternalException {
        Map<String, String> annotations = policy.getAnnotations();
        List<PolicyFinding> findings = new ArrayList<>();
        if (annotations.containsKey(ID) && !annotations.get(ID).equals(id.toString())) {
            findings.add(PolicyFinding.ofAll("annotation", "@id says another name than the address that it is put to"));
        }
        if (policy.effect() == Effect.PERMIT) {
            try {
                PermitTerms.of(annotations);
            } catch (IllegalArgumentException wrong) {
                findings.add(PolicyFinding.ofAll("annotation", wrong.getMessage()));
            }
        } else if (annotations.containsKey(PermitTerms.MAX_DURATION) || annotations.containsKey(PermitTerms.APPROVAL)) {
            findings.add(PolicyFinding.ofAll("annotation", "a forbid has no @" + PermitTerms.MAX_DURATION + " and no @" + PermitTerms.APPROVAL));
        }
        return findings;
    }

    private static PolicyCheck unsound(List<PolicyFinding> findings) {
        return new PolicyCheck.Unsound(findings.isEmpty() ? List.of(PolicyFinding.ofAll("unreadable", "Cedar cannot read this policy"))
            : findings.stream().distinct().limit(FINDINGS_MAX).toList());
    }

    /** Takes the first errors, each place once: there is one for each request environment, and to find out a line and a column takes time. */
    private static List<DetailedError> some(Stream<DetailedError> errors) {
        Set<String> places = new HashSet<>();
        return errors.filter(error -> places.add(error.sourceLocations.isEmpty() ? error.message : error.sourceLocations.get(0).start + " " + error.message))
            .limit(FINDINGS_MAX).toList();
    }

    private static PolicyFinding finding(String rule, PolicyId id, String text, DetailedError error) {
        String message = error.message
            .replace("failed to parse policy with id `" + id + "` from string: ", "").replace("for policy `" + id + "`, ", "")
            + error.help.map(help -> " (" + help + ")").orElse("");
        if (message.length() > MESSAGE_LENGTH_MAX) {
            message = message.substring(0, MESSAGE_LENGTH_MAX) + "…";
        }
        if (error.sourceLocations.isEmpty()) {
            return PolicyFinding.ofAll(rule, message);
        }
        DetailedError.SourceLabel place = error.sourceLocations.get(0);
        return PolicyFinding.at(rule, text, index(text, place.start), message + place.label.map(label -> "; " + label).orElse(""));
    }

    /** Cedar counts bytes of UTF-8. */
    private static int index(String text, int bytes) {
        byte[] all = text.getBytes(StandardCharsets.UTF_8);
        return new String(all, 0, Math.min(bytes, all.length), StandardCharsets.UTF_8).length();
    }
}
