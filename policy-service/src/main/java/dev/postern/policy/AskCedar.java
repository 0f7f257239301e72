package dev.postern.policy;

import com.cedarpolicy.BasicAuthorizationEngine;
import com.cedarpolicy.model.AuthorizationRequest;
import com.cedarpolicy.model.AuthorizationResponse;
import com.cedarpolicy.model.AuthorizationSuccessResponse;
import com.cedarpolicy.model.exception.AuthException;
import dev.postern.events.PolicyId;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Puts questions to Cedar and weighs the answers. Whatever is not a clear permit is none: a policy that failed, an answer that is no answer.
 */
final class AskCedar {
    private static final BasicAuthorizationEngine CEDAR = new BasicAuthorizationEngine();

    private AskCedar() { }

    /**
     * The verdict on an entry: every one of its questions has to be permitted, and the duration is that of the strictest. The first question that
     * is not permitted decides; an error before a forbid, a forbid before silence.
     */
    static Verdict on(List<Question> questions, CompiledPolicies policies, Duration asked) {
        Set<PolicyId> permits = new TreeSet<>();
        Duration longest = asked;
        Optional<Verdict> refusal = Optional.empty();
        for (Question question : questions) {
            Verdict verdict = on(question, policies, asked);
            if (verdict instanceof Verdict.Permitted permitted) {
                permits.addAll(permitted.policies());
                longest = longest.compareTo(permitted.longest()) < 0 ? longest : permitted.longest();
            } else {
                refusal = Optional.of(refusal.filter(earlier -> weight(earlier) >= weight(verdict)).orElse(verdict));
            }
        }
        return refusal.orElse(new Verdict.Permitted(permits, longest));
    }

    private static int weight(Verdict refusal) {
        if (refusal instanceof Verdict.InError) {
            return 3;
        }
        if (refusal instanceof Verdict.Forbidden) {
            return 2;
        }
        return refusal instanceof Verdict.NotPermitted ? 1 : 0;
    }

    private static Verdict on(Question question, CompiledPolicies policies, Duration asked) {
        if (policies.fault().isPresent()) {
            return new Verdict.InError(Set.of(), policies.fault().get());
        }
        AuthorizationRequest request = new AuthorizationRequest(question.principal().getEUID(), question.action(), question.resource().getEUID(),
            Optional.of(question.context()), Optional.of(PolicySchema.provided().cedar()), true);
        try {
            AuthorizationResponse response = CEDAR.isAuthorized(request, policies.cedar(), Set.of(question.principal(), question.resource()));
            return response.success.map(answer -> weighed(answer, question, policies, asked))
                .orElseGet(() -> new Verdict.InError(Set.of(), response.errors.map(Object::toString).orElse("no answer")));
        } catch (AuthException | RuntimeException noAnswer) {
            return new Verdict.InError(Set.of(), noAnswer.toString());
        } finally {
            // Cedar's copy of the set is freed with the object: it has to outlive the call.
            Reference.reachabilityFence(policies);
        }
    }

    private static Verdict weighed(AuthorizationSuccessResponse answer, Question question, CompiledPolicies policies, Duration asked) {
        if (!answer.getErrors().isEmpty()) {
            return new Verdict.InError(
                answer.getErrors().stream().map(error -> new PolicyId(error.getPolicyId())).collect(Collectors.toCollection(TreeSet::new)),
                answer.getErrors().toString());
        }
        Set<PolicyId> determining = answer.getReason().stream().map(PolicyId::new).collect(Collectors.toCollection(TreeSet::new));
        if (!answer.isAllowed()) {
            return determining.isEmpty() ? new Verdict.NotPermitted(question.action().getId().toString()) : new Verdict.Forbidden(determining);
        }
        List<PermitTerms> free = new ArrayList<>();
        Set<PolicyId> freePermits = new TreeSet<>();
        Optional<String> approver = Optional.empty();
        for (PolicyId permit : determining) {
            PermitTerms terms = policies.terms(permit).orElseThrow(() -> new IllegalStateException("Cedar names a permit that is none: " + permit));
            if (terms.approver().isEmpty()) {
                free.add(terms);
                freePermits.add(permit);
            } else {
                approver = approver.or(terms::approver);
            }
        }
        if (free.isEmpty()) {
            return new Verdict.ApprovalNeeded(determining, approver.orElseThrow(() -> new IllegalStateException("Cedar permits, and names no permit")));
        }
        Duration longest = free.stream().map(terms -> terms.granted(asked)).max(Duration::compareTo).orElseThrow();
        return new Verdict.Permitted(freePermits, longest);
    }
}
