// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.events.ResourceName;
import dev.postern.token.call.CallVerdict;
import dev.postern.token.gateway.digitalocean.CallOutcomes.Outcome;
import dev.postern.token.port.BudgetBook;
import dev.postern.token.upstream.RateLimitHeaders;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The refusal with which a step of the pipeline ends a call: what the client is told, and what is recorded of it. Has no stack trace: it is an answer, and no
 * fault.
 */
final class CallRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Outcome outcome;
    private final int status;
    private final String rule;
    private final String shownRule;
    private final transient List<ResourceName> resources;
    private final transient Map<String, String> headers;

    private CallRefusal(Outcome outcome, int status, String rule, String shownRule, String message, List<ResourceName> resources, Map<String, String> headers) {
        super(message, null, false, false);
        this.outcome = outcome;
        this.status = status;
        this.rule = rule;
        this.shownRule = shownRule;
        this.resources = resources;
        this.headers = headers;
    }

    /** A call that breaks a rule of the gateway. */
    static CallRefusal of(int status, String rule, String message) {
        return of(status, rule, message, List.of(), Map.of());
    }

    /** The same. @param headers of the answer */
    static CallRefusal of(int status, String rule, String message, Map<String, String> headers) {
        return of(status, rule, message, List.of(), headers);
    }

    /** The same. @param resources that the call names */
    static CallRefusal of(int status, String rule, String message, List<ResourceName> resources, Map<String, String> headers) {
        return new CallRefusal(Outcome.REFUSED, status, rule, rule, message, resources, headers);
    }

    /** 403 by a rule that {@link ProblemDocuments} explains. */
    static CallRefusal forbidden(String rule, String message, List<ResourceName> resources, Optional<String> missingScope, Optional<String> missingResource) {
        return of(403, rule, message, resources, ErrorBodies.missing(missingScope, missingResource));
    }

    /** 404 for something that was the grant's own and is deleted: the client sees what the provider would say, the record has the rule. */
    static CallRefusal deleted(String rule, List<ResourceName> resources) {
        return new CallRefusal(Outcome.REFUSED, 404, rule, "not-found", ErrorBodies.NOT_FOUND, resources, Map.of());
    }

    /** 401: no token that lives. @param message says what is wrong with it */
    static CallRefusal unauthorized(String message) {
        return new CallRefusal(Outcome.UNAUTHORIZED, 401, "unauthorized", "unauthorized", message, List.of(), ErrorBodies.BEARER);
    }

    /** 401 by the verdict: the grant has ended, or has not begun. */
    static CallRefusal notValidNow(List<ResourceName> resources) {
        return of(401, CallVerdict.Rule.NOT_VALID_NOW.word(), ErrorBodies.UNAUTHORIZED, resources, ErrorBodies.BEARER);
    }

    /** 503: a service behind the gateway, or its own memory, is unavailable. */
    static CallRefusal unavailable(String message) {
        return new CallRefusal(Outcome.UNAVAILABLE, 503, "unavailable", "unavailable", message, List.of(), Map.of("retry-after", "2"));
    }

    /** 503: there is no memory for a body. */
    static CallRefusal noMemory(String forWhat) {
        return unavailable("Postern has no memory for the " + forWhat + " at the moment.");
    }

    /** 429, or 503 where nobody can count. @param no an answer other than {@link BudgetBook.Taken} */
    static CallRefusal budget(BudgetBook.Answer no, List<ResourceName> resources) {
        return no instanceof BudgetBook.Spent spent
            ? new CallRefusal(Outcome.OVER_BUDGET, 429, "over-budget", "over-budget", RateLimitHeaders.message(spent), resources, RateLimitHeaders.of(spent))
            : unavailable("Postern cannot count calls at the moment.");
    }

    /** 502: the provider did not say what must be known before the call is sent. */
    static CallRefusal provider(String message, List<ResourceName> resources) {
        return new CallRefusal(Outcome.PROVIDER_FAILED, 502, "provider", "provider", message, resources, Map.of());
    }

    Outcome outcome() {
        return outcome;
    }

    int status() {
        return status;
    }

    /** Returns the rule as it is recorded. */
    String rule() {
        return rule;
    }

    /** Returns the rule as the client sees it. */
    String shownRule() {
        return shownRule;
    }

    List<ResourceName> resources() {
        return resources;
    }

    Map<String, String> headers() {
        return headers;
    }

    /** Returns true if the refusal of a live token must be on record before the client is told. */
    boolean isRecorded() {
        return outcome != Outcome.UNAUTHORIZED && outcome != Outcome.UNAVAILABLE;
    }
}
