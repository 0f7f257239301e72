// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.events.ResourceName;
import dev.postern.token.call.CallVerdict.Allowed;
import dev.postern.token.call.CallVerdict.AllowedFiltered;
import dev.postern.token.call.CallVerdict.Refused;
import dev.postern.token.call.CallVerdict.Rule;
import dev.postern.token.operation.Answer;
import dev.postern.token.operation.Operation;
import dev.postern.token.operation.OperationId;
import dev.postern.token.operation.Operations;
import dev.postern.token.operation.Place;
import dev.postern.token.operation.Replacement;
import dev.postern.token.operation.ResourceTypes;
import dev.postern.token.operation.ScopeRule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether a call may go to the provider: every resource that it names must be covered, for the scope that this use of it needs; so must every
 * resource that the body of a PUT takes away by leaving it out; what names no resource needs the whole type. Safe for any thread.
 */
public final class AuthorizeCall {
    private static final String CLUSTERS = "kubernetes";
    private static final String TAG = "tag";
    private static final String OWN_TAG = "k8s";

    private final Map<OperationId, CallReader> readers = new HashMap<>();

    /** Decides by a table. */
    public AuthorizeCall(Operations operations) {
        operations.all().forEach(operation -> readers.put(operation.id(), new CallReader(operation, operations.names())));
    }

    /** The verdict without asking the provider; never throws for anything that a client can send. */
    public CallVerdict decide(ApiCall call, CallGrant grant, Instant now) {
        return decide(call, grant, now, Optional.empty());
    }

    /**
     * The verdict on a call that was refused only because of what it could take away, judged by what it does take away.
     *
     * @param shown the provider's answer to the GET of the same path
     */
    public CallVerdict decide(ApiCall call, CallGrant grant, Instant now, JsonNode shown) {
        return decide(call, grant, now, Optional.of(shown));
    }

    private CallVerdict decide(ApiCall call, CallGrant grant, Instant now, Optional<JsonNode> shown) {
        Operation operation = call.operation();
        if (!operation.served()) {
            return refused(List.of(), Rule.NOT_SERVED, "This operation is not served by the gateway.");
        }
        if (!now.isBefore(grant.validUntil())) {
            return refused(List.of(), Rule.NOT_VALID_NOW, "The grant has ended.");
        }
        if (grant.entries().isEmpty()) {
            return refused(List.of(), Rule.NOT_GRANTED, "The token opens nothing of this API.");
        }
        CallReader reader = readers.get(operation.id());
        CallReader.Reading reading = reader.read(call);
        List<ResourceName> resources = reading.resources();
        if (reading.problem().isPresent()) {
            return refused(resources, reading.problem().get().rule(), reading.problem().get().message());
        }
        Optional<CallReader.Reading> before = operation.replacement().flatMap(Replacement::shownAt)
            .flatMap(at -> shown.map(answer -> reader.shown(call, answer.at(at))));
        if (before.isPresent() && before.get().problem().isPresent()) {
            return refused(resources, Rule.MALFORMED_REFERENCE,
                "What this call would replace cannot be read; it needs the whole types that it could take away.");
        }
        return new Decision(call, new Coverage(call, grant), resources).decide(reading.uses(), before.map(CallReader.Reading::uses));
    }

    private static Refused refused(List<ResourceName> resources, Rule rule, String message) {
        return new Refused(resources, rule, message, List.of(), Optional.empty());
    }

    /** The decision about one call that could be read. */
    private static final class Decision {
        private final ApiCall call;
        private final Operation operation;
        private final Coverage coverage;
        private final List<ResourceName> resources;
        private final Set<GrantEntry> carriers = new LinkedHashSet<>();
        private final Lacks lacks = new Lacks();
        private Optional<GrantEntry> creator = Optional.empty();

        Decision(ApiCall call, Coverage coverage, List<ResourceName> resources) {
            this.call = call;
            this.operation = call.operation();
            this.coverage = coverage;
            this.resources = resources;
        }

        /** @param before the uses that the provider shows where the body replaces them; empty if that is not known */
        CallVerdict decide(List<CallReader.Use> uses, Optional<List<CallReader.Use>> before) {
            List<CallReader.Use> replaced = new ArrayList<>();
            for (CallReader.Use use : uses) {
                if (use.place().replaced() == Place.Replaced.NO) {
                    cover(use);
                } else {
                    replaced.add(use);
                }
            }
            for (Operation.WholeType whole : operation.wholeTypes()) {
                whole(whole.type(), whole.scopes());
            }
            for (Operation.Unnamed unnamed : operation.unnamed()) {
                if (uses.stream().noneMatch(use -> unnamed.places().contains(use.place().name()))) {
                    whole(unnamed.type(), unnamed.scopes());
                }
            }
            boolean withoutReplacing = lacks.isEmpty();
            boolean knowable = before.isEmpty() && operation.replacement().flatMap(Replacement::shownAt).isPresent();
            replaced(replaced, before);
            if (!lacks.isEmpty()) {
                Optional<JsonPointer> shownAt = withoutReplacing && knowable ? operation.replacement().flatMap(Replacement::shownAt) : Optional.empty();
                return lacks.refused(resources, shownAt);
            }
            return answered();
        }

        private void replaced(List<CallReader.Use> sent, Optional<List<CallReader.Use>> before) {
            Work comparing = new Work();
            for (Place place : operation.places()) {
                if (place.replaced() == Place.Replaced.NO) {
                    continue;
                }
                List<CallReader.Use> here = sent.stream().filter(use -> use.place() == place).toList();
                if (before.isPresent() && place.replaced() == Place.Replaced.SHOWN) {
                    List<CallReader.Use> there = before.get().stream().filter(use -> use.place() == place).toList();
                    ShownUses uses = new ShownUses(here, there, comparing);
                    here.stream().filter(use -> !uses.holds(use)).forEach(this::cover);
                    if (isReplaced(place)) {
                        there.stream().filter(old -> !isProvidersOwn(old) && !uses.isSaid(old)).forEach(this::cover);
                    }
                } else {
                    here.forEach(this::cover);
                    if (isReplaced(place)) {
                        leftOut(place);
                    }
                }
            }
        }

        /** Returns whether the provider gave a cluster or node pool this tag and keeps it there: clients leave such tags out of what they write. */
        private boolean isProvidersOwn(CallReader.Use use) {
            return operation.segments().contains(CLUSTERS) && TAG.equals(use.place().type())
                && (use.value().equals(OWN_TAG) || use.value().startsWith(OWN_TAG + ":"));
        }

        /** Returns whether the body replaces what is there: of a PATCH only the members that it has. */
        private boolean isReplaced(Place place) {
            if (!operation.replacement().map(Replacement::partial).orElse(false)) {
                return true;
            }
            String member = place.name().substring(1).split("/", 2)[0];
            return call.body().map(body -> body.has(member)).orElse(false);
        }

        private void cover(CallReader.Use use) {
            for (List<String> alternatives : use.scopes().allOf()) {
                ResourceName needed = use.resource().orElseGet(() -> ResourceTypes.whole(use.place().type()));
                if (!found(coverage.use(use, alternatives), alternatives, needed, use.place().type())) {
                    use.place().instead().ifPresent(call -> lacks.because("No grant can name " + needed + "; call " + call + ", which names the resource."));
                }
            }
        }

        /** Checks a place that the body leaves out: leaving it out could remove everything that the provider holds there. */
        private void leftOut(Place place) {
            if (place.byType().isEmpty()) {
                leftOut(place, place.type(), place.scopes());
            } else {
                place.byType().forEach((type, scopes) -> leftOut(place, type, scopes));
            }
        }

        private void leftOut(Place place, String type, ScopeRule scopes) {
            for (List<String> alternatives : scopes.allOf()) {
                if (!found(coverage.leftOut(place, type, alternatives), alternatives, ResourceTypes.whole(type), type)) {
                    lacks.because("The body replaces " + place.name() + ", and could take away what it does not name.");
                }
            }
        }

        private void whole(String type, ScopeRule scopes) {
            for (List<String> alternatives : scopes.allOf()) {
                found(coverage.whole(type, alternatives), alternatives, ResourceTypes.whole(type), type);
            }
        }

        private boolean found(Coverage.Found found, List<String> alternatives, ResourceName resource, String type) {
            if (found.entry().isEmpty()) {
                lacks.add(found, alternatives, Optional.of(resource));
                return false;
            }
            GrantEntry entry = found.entry().get();
            carriers.add(entry);
            if (creator.isEmpty() && entry.ownCreated() && operation.creates().map(creates -> creates.type().equals(type)).orElse(false)) {
                creator = Optional.of(entry);
            }
            return true;
        }

        /** Decides which part of the answer the token may see. */
        private CallVerdict answered() {
            List<Answer.Identity> identities = operation.answer().identities();
            boolean all = identities.isEmpty() || identities.stream().anyMatch(identity -> identity.type().isPresent()
                && coverage.showsAll(identity.type().get(), identity.scopes()));
            if (!all) {
                Set<GrantEntry> could = coverage.couldShow(identities);
                if (could.isEmpty()) {
                    Optional<String> constraint = coverage.constraintThatHides(identities);
                    lacks.add(new Coverage.Found(Optional.empty(), constraint.isPresent() ? Coverage.Lack.CONSTRAINT : Coverage.Lack.SCOPE, constraint),
                        identities.get(0).scopes().allOf().get(0), Optional.empty());
                    lacks.listed(identities.get(0).type());
                    return lacks.refused(resources, Optional.empty());
                }
                carriers.addAll(could);
            } else if (!identities.isEmpty()) {
                carriers.addAll(coverage.couldShow(identities));
            }
            List<GrantEntry> counted = new ArrayList<>(carriers);
            counted.removeIf(entry -> !entry.limited());
            AnswerFilter filter = new AnswerFilter(operation, coverage, resources, !all);
            return filter.changesAnything()
                ? new AllowedFiltered(resources, counted, creator, filter)
                : new Allowed(resources, counted, creator);
        }
    }
}
