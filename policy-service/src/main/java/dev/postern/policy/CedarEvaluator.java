// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import com.cedarpolicy.BasicAuthorizationEngine;
import com.cedarpolicy.model.AuthorizationRequest;
import com.cedarpolicy.model.AuthorizationResponse;
import com.cedarpolicy.model.AuthorizationSuccessResponse;
import com.cedarpolicy.model.entity.Entity;
import com.cedarpolicy.model.exception.AuthException;
import com.cedarpolicy.model.policy.PolicySet;
import dev.postern.events.PolicyId;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Puts questions to Cedar and weighs the answers. Whatever is not a clear permit grants nothing. A permit that fails grants nothing, a forbid that
 * fails refuses.
 */
final class CedarEvaluator {
    private static final BasicAuthorizationEngine CEDAR = new BasicAuthorizationEngine();

    private static final int EXPLAINED_MAX = 10;

    private final CompiledPolicies policies;
    private final Duration asked;
    private final Set<AccessDecision.Fault> faults = new LinkedHashSet<>();
    private int explained;

    /** Asks by a policy set, for a grant of the duration that was asked for. */
    CedarEvaluator(CompiledPolicies policies, Duration asked) {
        this.policies = policies;
        this.asked = asked;
    }

    /** Returns what could not be evaluated up to now. */
    Set<AccessDecision.Fault> faults() {
        return faults;
    }

    /**
     * The verdict on an entry: every one of its questions has to be permitted, and the duration is that of the strictest. The first question that
     * is not permitted decides; an error before a forbid, a forbid before silence.
     *
     * @throws IllegalStateException if the policy set was replaced in Cedar's memory meanwhile; a decision by the present one is possible
     */
    Verdict on(List<CedarQuery> questions) {
        Set<PolicyId> permits = new TreeSet<>();
        Duration longest = asked;
        Optional<Verdict> refusal = Optional.empty();
        for (CedarQuery question : questions) {
            Verdict verdict = on(question);
            if (verdict instanceof Verdict.Permitted permitted) {
                permits.addAll(permitted.policies());
                longest = longest.compareTo(permitted.longest()) < 0 ? longest : permitted.longest();
            } else {
                refusal = Optional.of(heavier(refusal, verdict));
            }
        }
        if (!policies.current()) {
            throw new IllegalStateException("policy set " + policies.version() + " was replaced in Cedar's memory while it was asked");
        }
        return refusal.orElse(new Verdict.Permitted(permits, longest));
    }

    private static Verdict heavier(Optional<Verdict> earlier, Verdict later) {
        return earlier.filter(one -> weight(one) >= weight(later)).orElse(later);
    }

    private static int weight(Verdict verdict) {
        if (verdict instanceof Verdict.InError error) {
            return error.mayForbid() ? 5 : 3;
        }
        if (verdict instanceof Verdict.Forbidden) {
            return 4;
        }
        if (verdict instanceof Verdict.NotPermitted) {
            return 2;
        }
        return verdict instanceof Verdict.ApprovalNeeded ? 1 : 0;
    }

    /** A forbid counts under each name of the resource, and where a wildcard is asked for, of each resource in it. A permit counts by the name asked. */
    private Verdict on(CedarQuery question) {
        if (policies.fault().isPresent()) {
            return failed(Set.of(), policies.fault().get(), true);
        }
        Verdict verdict = ask(question, question.resource(), policies.cedar(), false);
        for (Entity otherName : question.otherNames()) {
            verdict = refusedElse(ask(question, otherName, policies.cedar(), false), verdict);
        }
        if (question.existing() && policies.wildcardForbids().isPresent()) {
            verdict = refusedElse(ask(question, question.resource(), policies.wildcardForbids().get(), true), verdict);
        }
        return verdict;
    }

    private static Verdict refusedElse(Verdict other, Verdict verdict) {
        return other instanceof Verdict.Forbidden || other instanceof Verdict.InError error && error.mayForbid() ? heavier(Optional.of(verdict), other)
            : verdict;
    }

    private Verdict ask(CedarQuery question, Entity resource, PolicySet set, boolean widened) {
        AuthorizationRequest request = new AuthorizationRequest(question.principal().getEUID(), question.action(), resource.getEUID(),
            Optional.of(question.context()), Optional.of(PolicySchema.provided().cedar()), true);
        try {
            AuthorizationResponse response = CEDAR.isAuthorized(request, set, Set.of(question.principal(), resource));
            return response.success.map(answer -> weighed(answer, question, widened))
                .orElseGet(() -> failed(Set.of(), response.errors.map(Object::toString).orElse("no answer"), true));
        } catch (AuthException | RuntimeException noAnswer) {
            return failed(Set.of(), noAnswer.toString(), true);
        } finally {
            // Cedar's copy of the set is freed with the object: it has to outlive the call.
            Reference.reachabilityFence(policies);
        }
    }

    private Verdict weighed(AuthorizationSuccessResponse answer, CedarQuery question, boolean widened) {
        Set<PolicyId> failed = answer.getErrors().stream().map(error -> new PolicyId(error.getPolicyId())).collect(Collectors.toCollection(TreeSet::new));
        Set<PolicyId> failedForbids = failed.stream().filter(id -> policies.terms(id).isEmpty()).collect(Collectors.toCollection(TreeSet::new));
        if (!failedForbids.isEmpty()) {
            return failed(failedForbids, messages(answer, failedForbids), true);
        }
        Set<PolicyId> determining = answer.getReason().stream().map(PolicyId::new).collect(Collectors.toCollection(TreeSet::new));
        if (!answer.isAllowed() && !determining.isEmpty()) {
            return new Verdict.Forbidden(determining, widened);
        }
        if (!failed.isEmpty()) {
            Verdict error = failed(failed, messages(answer, failed), false);
            return answer.isAllowed() ? permitted(determining) : error;
        }
        return answer.isAllowed() ? permitted(determining) : notPermitted(question);
    }

    /** Looks for the nearest permits a few times in a request: with a thousand policies it takes as long as to decide. */
    private Verdict notPermitted(CedarQuery question) {
        boolean explain = explained++ < EXPLAINED_MAX;
        return new Verdict.NotPermitted(question.action().getId().toString(), question.source(), explain ? policies.nearest(question) : List.of());
    }

    private Verdict permitted(Set<PolicyId> determining) {
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

    private Verdict failed(Set<PolicyId> failed, String detail, boolean mayForbid) {
        faults.add(new AccessDecision.Fault(failed, detail));
        return new Verdict.InError(failed, detail, mayForbid);
    }

    private static String messages(AuthorizationSuccessResponse answer, Set<PolicyId> failed) {
        return answer.getErrors().stream().filter(error -> failed.contains(new PolicyId(error.getPolicyId()))).map(error -> error.getError().message)
            .distinct().sorted().collect(Collectors.joining("; "));
    }
}
