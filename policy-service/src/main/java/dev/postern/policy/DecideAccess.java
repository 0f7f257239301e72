// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccessRequested;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.CanonicalName;
import dev.postern.events.DecisionWork;
import dev.postern.events.Outcome;
import dev.postern.events.PolicyId;
import dev.postern.events.ServiceName;
import dev.postern.events.ServiceProtected;
import dev.postern.events.SourceAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Decides a request. Each entry of {@code authorization_details} is decided on its own: first by what is true for every requester (is there such a
 * service, does it offer the port, may that source be let in at all), then by the policies. An entry is granted whole or left out.
 *
 * <p>There is one end for all that is granted: the shortest of what the granted entries allow, counted from the decision.
 */
public final class DecideAccess {
    /** No policy permits it. */
    public static final String DEFAULT_DENY = "default-deny";
    /** A policy forbids it. */
    public static final String FORBID = "forbid";
    /** Every permit that matched asks for a person. */
    public static final String APPROVAL_NEEDED = "approval-needed";
    /** The policies could not be evaluated. */
    public static final String POLICY_ERROR = "policy-error";
    /** Nothing of that name is protected. */
    public static final String SERVICE_UNKNOWN = "service-unknown";
    /** The service belongs to another account than the request. */
    public static final String ACCOUNT_MISMATCH = "account-mismatch";
    /** The service does not offer that port. */
    public static final String PORT_NOT_OFFERED = "port-not-offered";
    /** The identifier is of another kind than the entry's type opens. */
    public static final String IDENTIFIER_MISMATCH = "identifier-mismatch";
    /** There is no such action. */
    public static final String ACTION_UNKNOWN = "action-unknown";
    /** The identifier is another spelling of the resource's one name. */
    public static final String IDENTIFIER_NOT_CANONICAL = "identifier-not-canonical";
    /** The request is more work than one decision may be. */
    public static final String REQUEST_TOO_LARGE = "request-too-large";
    /** The duration is none. */
    public static final String DURATION_NOT_POSITIVE = "duration-not-positive";

    private static final Set<String> REGISTRY_ACTIONS = Set.of("registry:pull", "registry:push");
    private static final int NAMED_MAX = 10;
    private static final int QUOTED_LENGTH_MAX = 300;
    private static final String REPOSITORY = "do:repository";

    private final AccessRequested request;
    private final CompiledPolicies policies;
    private final Map<ServiceName, ServiceProtected> services;
    private final Instant now;

    private final List<AuthorizationDetail> granted = new ArrayList<>();
    private final List<AccessDecided.LeftOut> leftOut = new ArrayList<>();
    private final List<String> reasons = new ArrayList<>();
    private final Set<PolicyId> determining = new TreeSet<>();
    private final CedarEvaluator cedar;
    private Duration longest;

    private DecideAccess(AccessRequested request, CompiledPolicies policies, Map<ServiceName, ServiceProtected> services, Instant now) {
        this.request = request;
        this.policies = policies;
        this.services = services;
        this.now = now;
        this.cedar = new CedarEvaluator(policies, request.duration());
        this.longest = request.duration();
    }

    /**
     * Decides.
     *
     * @param request  what is asked
     * @param policies the version of the policy set that decides
     * @param services the newest that is known of the services that the request names
     * @param now      the grant runs from here
     */
    public static Outcome<AccessDecision> decide(AccessRequested request, CompiledPolicies policies, Map<ServiceName, ServiceProtected> services,
                                                 Instant now) {
        AccessDecision decision = new DecideAccess(request, policies, services, now).decided();
        return Outcome.of(decision, decision.decided());
    }

    private AccessDecision decided() {
        int questions = DecisionWork.questions(request.authorizationDetails());
        for (int index = 0; index < request.authorizationDetails().size(); index++) {
            AuthorizationDetail asked = request.authorizationDetails().get(index);
            Optional<Refusal> refusal = questions > DecisionWork.QUESTIONS_MAX
                ? refused(REQUEST_TOO_LARGE, "the request " + DecisionWork.refusal(questions))
                : refusedWhoeverAsks(asked);
            if (refusal.isPresent()) {
                leaveOut(index, asked, refusal.get().rule(), refusal.get().reason());
            } else {
                weigh(index, asked, cedar.on(questions(asked)));
            }
        }
        boolean any = !granted.isEmpty();
        return new AccessDecision(new AccessDecided(request.requestId(), request.account(), request.requester(), request.onBehalfOf(),
            any ? AccessDecided.Decision.GRANTED : AccessDecided.Decision.DENIED, granted, leftOut,
            any ? Optional.of(now.plus(longest)) : Optional.empty(), List.copyOf(determining), policies.version(), reasons, request.requestDigest(),
            request.replaces(), now), List.copyOf(cedar.faults()));
    }

    private void weigh(int index, AuthorizationDetail asked, Verdict verdict) {
        determining.addAll(verdict.policies());
        if (verdict instanceof Verdict.Permitted permitted) {
            granted.add(asked);
            longest = longest.compareTo(permitted.longest()) < 0 ? longest : permitted.longest();
            reasons.add(asked.identifier() + ": permitted by " + names(verdict)
                + (permitted.longest().compareTo(request.duration()) < 0 ? " for at most " + permitted.longest() : ""));
        } else if (verdict instanceof Verdict.Forbidden forbidden) {
            leaveOut(index, asked, FORBID, "forbidden by " + names(verdict)
                + (forbidden.inPart() ? ", which forbids a part of it; ask for single resources" : ""));
        } else if (verdict instanceof Verdict.ApprovalNeeded needed) {
            leaveOut(index, asked, APPROVAL_NEEDED,
                names(verdict) + " permits it only when a person with the role " + needed.approver() + " approves, which cannot be asked for yet");
        } else if (verdict instanceof Verdict.InError error) {
            leaveOut(index, asked, POLICY_ERROR, inWords(error));
        } else if (verdict instanceof Verdict.NotPermitted silence) {
            leaveOut(index, asked, DEFAULT_DENY, "no policy permits " + silence.action()
                + silence.source().map(source -> " from " + source).orElse("") + " to " + requester()
                + (silence.nearest().isEmpty() ? "" : "; nearly: " + String.join(", ", silence.nearest())));
        }
    }

    private String inWords(Verdict.InError error) {
        if (error.policies().isEmpty()) {
            return "the policies could not be evaluated";
        }
        return names(error) + " could not be evaluated (" + oneLine(error.detail()) + ")"
            + (error.mayForbid() ? "; it might forbid" : ", and no other policy permits it");
    }

    /** Names who asked as a policy would name them. A person comes through an application, which is not who asked. */
    private String requester() {
        return switch (request.requester().kind()) {
            case PORTAL -> "the portal " + oneLine(request.requester().client());
            case WORKLOAD -> "the workload " + oneLine(request.requester().client());
            case PERSON -> "the person " + oneLine(request.requester().subject()) + " (through " + oneLine(request.requester().client()) + ")";
        };
    }

    private static String oneLine(String words) {
        String line = words.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]+", " ");
        return line.substring(0, Math.min(QUOTED_LENGTH_MAX, line.length()));
    }

    private void leaveOut(int index, AuthorizationDetail asked, String rule, String reason) {
        leftOut.add(new AccessDecided.LeftOut(index, asked.identifier(), rule, reason));
        reasons.add(asked.identifier() + ": " + reason);
    }

    private List<CedarQuery> questions(AuthorizationDetail asked) {
        if (asked instanceof AuthorizationDetail.FirewallOpening opening) {
            return CedarQuery.ofOpening(request, opening, services.get(opening.identifier().service().orElseThrow()), now,
                policies.readsAddressSets());
        }
        if (asked instanceof AuthorizationDetail.DigitalOceanApi calls) {
            return CedarQuery.ofApiCalls(request, calls, now, policies.readsAddressSets());
        }
        return CedarQuery.ofImages(request, (AuthorizationDetail.ContainerRegistry) asked, now);
    }

    private record Refusal(String rule, String reason) {}

    private Optional<Refusal> refusedWhoeverAsks(AuthorizationDetail asked) {
        if (request.duration().toSeconds() < 1) {
            return refused(DURATION_NOT_POSITIVE, "the duration is less than a second");
        }
        if (asked.policyActions().isEmpty()) {
            return refused(ACTION_UNKNOWN, "no action is named");
        }
        if (asked instanceof AuthorizationDetail.FirewallOpening opening) {
            return openingRefused(opening);
        }
        if (CanonicalName.of(asked.identifier()) instanceof CanonicalName.Spelling.Another another) {
            return refused(IDENTIFIER_NOT_CANONICAL, another.why() + "; write " + another.right());
        }
        if (CanonicalName.of(asked.identifier()) instanceof CanonicalName.Spelling.Unknown unknown) {
            return refused(IDENTIFIER_NOT_CANONICAL, unknown.why());
        }
        if (asked instanceof AuthorizationDetail.ContainerRegistry) {
            if (!asked.identifier().type().equals(REPOSITORY)) {
                return refused(IDENTIFIER_MISMATCH, "is no repository");
            }
            return unknownAction(asked, REGISTRY_ACTIONS);
        }
        if (asked.identifier().service().isPresent()) {
            return refused(IDENTIFIER_MISMATCH, "is no resource of the provider");
        }
        return unknownAction(asked, PolicySchema.provided().providerScopes());
    }

    private Optional<Refusal> openingRefused(AuthorizationDetail.FirewallOpening opening) {
        if (opening.identifier().service().isEmpty()) {
            return refused(IDENTIFIER_MISMATCH, "is no protected service");
        }
        if (opening.sources().isEmpty()) {
            return refused(IDENTIFIER_MISMATCH, "no source is named");
        }
        ServiceProtected service = services.get(opening.identifier().service().get());
        if (service == null || service.removed()) {
            return refused(SERVICE_UNKNOWN, "is no protected service");
        }
        if (!service.account().equals(request.account())) {
            return refused(ACCOUNT_MISMATCH, "does not belong to account " + request.account());
        }
        if (!service.offers(opening.protocol(), opening.ports())) {
            return refused(PORT_NOT_OFFERED, "does not offer " + opening.protocol() + " " + opening.ports());
        }
        for (SourceAddress source : opening.sources()) {
            Optional<String> rule = service.sourceRules().refusal(source);
            if (rule.isPresent()) {
                return refused(rule.get(), "does not let in " + source + ": " + rule.get());
            }
        }
        return Optional.empty();
    }

    private static Optional<Refusal> unknownAction(AuthorizationDetail asked, Set<String> known) {
        return asked.policyActions().stream().filter(action -> !known.contains(action)).findFirst()
            .flatMap(action -> refused(ACTION_UNKNOWN, "there is no action " + action));
    }

    private static Optional<Refusal> refused(String rule, String reason) {
        return Optional.of(new Refusal(rule, reason));
    }

    /** A reason has a bounded length; {@code policies} of the decision names all. */
    private static String names(Verdict verdict) {
        int others = verdict.policies().size() - NAMED_MAX;
        return verdict.policies().stream().limit(NAMED_MAX).map(PolicyId::toString).collect(Collectors.joining(", "))
            + (others > 0 ? " and " + others + " more" : "");
    }
}
