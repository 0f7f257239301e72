// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccessEnded;
import dev.postern.events.AccessRequested;
import dev.postern.events.Actor;
import dev.postern.events.ApiCalled;
import dev.postern.events.ApprovalGiven;
import dev.postern.events.AttemptsRefused;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.Event;
import dev.postern.events.FirewallChanged;
import dev.postern.events.PolicyChanged;
import dev.postern.events.Requester;
import dev.postern.events.ResourceName;
import dev.postern.events.ServiceName;
import dev.postern.events.ServiceProtected;
import dev.postern.events.TokenIssued;
import dev.postern.events.TokenRevoked;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Extracts the search attributes of each event type. A type without a rule is refused, so that every event in the log can be found. */
public final class Facts {
    private static final Map<Class<? extends Event>, BiConsumer<Facts, Event>> BY_EVENT = new HashMap<>();

    static {
        on(AccessRequested.class, (facts, event) -> facts.request(event.requestId()).account(event.account()).requester(event.requester())
            .each(Fact.Kind.ON_BEHALF_OF, event.onBehalfOf().stream().toList())
            .each(Fact.Kind.REQUEST_ID, event.replaces().stream().toList())
            .details(event.authorizationDetails()));
        on(AccessDecided.class, (facts, event) -> facts.request(event.requestId()).account(event.account()).requester(event.requester())
            .each(Fact.Kind.ON_BEHALF_OF, event.onBehalfOf().stream().toList())
            .each(Fact.Kind.REQUEST_ID, event.replaces().stream().toList())
            .each(Fact.Kind.POLICY, event.policies())
            .outcome(event.outcome())
            .details(event.authorizationDetails())
            .resources(event.leftOut().stream().map(AccessDecided.LeftOut::identifier).toList()));
        on(AccessEnded.class, (facts, event) -> facts.request(event.requestId()).account(event.account()).outcome(event.cause())
            .each(Fact.Kind.ACTOR, event.endedBy().stream().toList())
            .each(Fact.Kind.CLIENT, event.endedByClient().stream().toList())
            .each(Fact.Kind.REQUEST_ID, event.replacedBy().stream().toList()));
        on(ApprovalGiven.class, (facts, event) -> facts.request(event.requestId()).outcome(event.outcome()).add(Fact.Kind.ACTOR, event.approver())
            .each(Fact.Kind.CLIENT, event.approverClient().stream().toList()));
        on(TokenIssued.class, (facts, event) -> facts.request(event.requestId()).account(event.account()).add(Fact.Kind.TOKEN_ID, event.tokenId())
            .actor(event.issuedTo())
            .details(event.authorizationDetails()));
        on(TokenRevoked.class, (facts, event) -> facts.request(event.requestId()).add(Fact.Kind.TOKEN_ID, event.tokenId()).outcome(event.cause())
            .actor(event.revokedBy()));
        on(FirewallChanged.class, (facts, event) -> facts.service(event.service()).account(event.account()).changes(event.changes()));
        on(ServiceProtected.class, (facts, event) -> facts.service(event.service()).account(event.account()).add(Fact.Kind.ACTOR, event.changedBy())
            .each(Fact.Kind.CLIENT, event.changedByClient().stream().toList()));
        on(PolicyChanged.class, (facts, event) -> facts.add(Fact.Kind.POLICY, event.policyId()).add(Fact.Kind.ACTOR, event.changedBy())
            .each(Fact.Kind.CLIENT, event.changedByClient().stream().toList()));
        on(ApiCalled.class, (facts, event) -> facts.request(event.requestId()).account(event.account()).add(Fact.Kind.TOKEN_ID, event.tokenId())
            .outcome(event.outcome()).resources(event.resources()).resources(event.created().orElse(List.of()))
            .handsOut(event.handsOut().orElse(List.of())));
        on(AttemptsRefused.class, (facts, event) -> facts.outcome(ApiCalled.CallOutcome.REFUSED).actor(event.actor()));
    }

    /** Every outcome that an event can have. */
    public static final SortedSet<String> OUTCOMES = Stream.<Enum<?>[]>of(AccessDecided.Decision.values(), AccessEnded.Cause.values(),
        ApprovalGiven.Approval.values(), TokenRevoked.Cause.values(), FirewallChanged.OpeningState.values(), ApiCalled.CallOutcome.values())
        .flatMap(Arrays::stream).map(Facts::word)
        .collect(Collectors.collectingAndThen(Collectors.toCollection(TreeSet::new), Collections::unmodifiableSortedSet));

    private final SortedSet<Fact> found = new TreeSet<>();

    private Facts() {}

    /**
     * Returns the search attributes of an event.
     *
     * @throws IllegalArgumentException for an event that has no place in the log: the log's own
     */
    public static SortedSet<Fact> of(Event event) {
        BiConsumer<Facts, Event> collect = BY_EVENT.get(event.getClass());
        if (collect == null) {
            throw new IllegalArgumentException(event.topic().topicName() + " has no place in the log");
        }
        Facts facts = new Facts().add(Fact.Kind.TOPIC, event.topic().topicName()).add(Fact.Kind.TYPE, event.topic().type())
            .add(Fact.Kind.KEY, event.key());
        collect.accept(facts, event);
        return Collections.unmodifiableSortedSet(facts.found);
    }

    private static <E extends Event> void on(Class<E> type, BiConsumer<Facts, E> collect) {
        BY_EVENT.put(type, (facts, event) -> collect.accept(facts, type.cast(event)));
    }

    private Facts add(Fact.Kind kind, Object value) {
        found.add(new Fact(kind, value.toString()));
        return this;
    }

    private Facts each(Fact.Kind kind, List<?> values) {
        values.forEach(value -> add(kind, value));
        return this;
    }

    private Facts request(Object id) {
        return add(Fact.Kind.REQUEST_ID, id);
    }

    private Facts account(Object name) {
        return add(Fact.Kind.ACCOUNT, name);
    }

    private Facts outcome(Enum<?> outcome) {
        return add(Fact.Kind.OUTCOME, word(outcome));
    }

    private static String word(Enum<?> outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    private Facts requester(Requester requester) {
        return add(Fact.Kind.ACTOR, requester.subject()).add(Fact.Kind.CLIENT, requester.client());
    }

    private Facts actor(Optional<Actor> actor) {
        actor.ifPresent(one -> add(Fact.Kind.ACTOR, one.subject()).add(Fact.Kind.CLIENT, one.client()));
        return this;
    }

    private Facts service(ServiceName service) {
        return add(Fact.Kind.SERVICE, service).add(Fact.Kind.RESOURCE, ResourceName.of(service));
    }

    private Facts resources(List<ResourceName> resources) {
        resources.forEach(resource -> {
            add(Fact.Kind.RESOURCE, resource);
            if (resource.type().equals("service")) {
                add(Fact.Kind.SERVICE, resource.id());
            }
        });
        return this;
    }

    private Facts details(List<AuthorizationDetail> details) {
        resources(details.stream().map(AuthorizationDetail::identifier).toList());
        details.forEach(detail -> {
            if (detail instanceof AuthorizationDetail.FirewallOpening opening) {
                each(Fact.Kind.ADDRESS, opening.sources());
            }
        });
        return this;
    }

    private Facts handsOut(List<ApiCalled.HandedOut> credentials) {
        credentials.forEach(credential -> add(Fact.Kind.HANDS_OUT, credential.kind()).resources(credential.resource().stream().toList()));
        return this;
    }

    private Facts changes(List<FirewallChanged.OpeningChange> changes) {
        changes.forEach(change -> request(change.requestId()).add(Fact.Kind.ADDRESS, change.source()).outcome(change.state()));
        return this;
    }
}
