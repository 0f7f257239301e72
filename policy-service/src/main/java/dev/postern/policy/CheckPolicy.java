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
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks a text before it becomes a policy: one statement, no template, of bounded shape, in the words of the schema, with annotations that mean
 * something. What passes here can be compiled with the set.
 */
public final class CheckPolicy {
    private static final String ID = "id";
    private static final int FINDINGS_MAX = 20;
    private static final int MESSAGE_LENGTH_MAX = 500;
    private static final BasicAuthorizationEngine CEDAR = new BasicAuthorizationEngine();

    private CheckPolicy() { }

    /** Checks the text that is to be the policy {@code id}. Cedar works on the caller's thread, which has to have a stack of some megabytes. */
    public static PolicyCheck check(PolicyId id, String text) {
        return PolicyBounds.broken(text).<PolicyCheck>map(broken -> new PolicyCheck.Unsound(List.of(broken))).orElseGet(() -> byCedar(id, text));
    }

    private static PolicyCheck byCedar(PolicyId id, String text) {
        Policy policy = new Policy(text, id.toString());
        try {
            ValidationResponse response = CEDAR.validate(new ValidationRequest(PolicySchema.provided().cedar(), new PolicySet(Set.of(policy))));
            if (response.success.isEmpty()) {
                return unsound(response.errors.stream().flatMap(List::stream).map(error -> finding("syntax", id, text, error)).toList());
            }
            List<PolicyFinding> findings = new ArrayList<>();
            response.success.get().validationErrors.forEach(error -> findings.add(finding("schema", id, text, error.getError())));
            findings.addAll(annotations(id, policy));
            if (!findings.isEmpty()) {
                return unsound(findings);
            }
            return new PolicyCheck.Sound(response.success.get().validationWarnings.stream().limit(FINDINGS_MAX)
                .map(warning -> finding("warning", id, text, warning.getError())).toList());
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
