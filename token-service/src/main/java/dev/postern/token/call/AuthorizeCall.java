package dev.postern.token.call;

import dev.postern.events.ResourceName;
import dev.postern.token.call.CallVerdict.Allowed;
import dev.postern.token.call.CallVerdict.AllowedFiltered;
import dev.postern.token.call.CallVerdict.Refused;
import dev.postern.token.call.CallVerdict.Rule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether a call may go to the provider: every resource that it names must be covered, for the scope that this use of it needs; what names
 * no resource needs the whole type. Safe for any thread.
 */
public final class AuthorizeCall {
    private final Operations operations;

    /** Decides by a table. */
    public AuthorizeCall(Operations operations) {
        this.operations = operations;
    }

    /** The verdict; never throws for anything that a client can send. */
    public CallVerdict decide(ApiCall call, CallGrant grant, Instant now) {
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
        CallReader.Reading reading = operations.reader(operation).read(call);
        List<ResourceName> resources = reading.resources();
        if (reading.problem().isPresent()) {
            return refused(resources, reading.problem().get().rule(), reading.problem().get().message());
        }
        return new Decision(call, new Coverage(call, grant), resources).decide(reading.uses());
    }

    private static Refused refused(List<ResourceName> resources, Rule rule, String message) {
        return new Refused(resources, rule, message, Optional.empty(), Optional.empty(), false);
    }

    /** The decision about one call that could be read. */
    private static final class Decision {
        private final ApiCall call;
        private final Operation operation;
        private final Coverage coverage;
        private final List<ResourceName> resources;
        private final Set<GrantEntry> carriers = new LinkedHashSet<>();
        private Optional<GrantEntry> creator = Optional.empty();

        Decision(ApiCall call, Coverage coverage, List<ResourceName> resources) {
            this.call = call;
            this.operation = call.operation();
            this.coverage = coverage;
            this.resources = resources;
        }

        CallVerdict decide(List<CallReader.Use> uses) {
            for (CallReader.Use use : uses) {
                for (List<String> alternatives : use.place().scopes().allOf()) {
                    Coverage.Found found = coverage.use(use, alternatives);
                    if (found.entry().isEmpty()) {
                        return lacking(found, alternatives, use.resource().orElseGet(() -> ResourceTypes.whole(use.place().type())),
                            !operation.write() && use.place().in() == Place.In.PATH);
                    }
                    carry(found.entry().get(), use.place().type());
                }
            }
            for (Operation.WholeType whole : operation.wholeTypes()) {
                for (List<String> alternatives : whole.scopes().allOf()) {
                    Coverage.Found found = coverage.whole(whole.type(), alternatives);
                    if (found.entry().isEmpty()) {
                        return lacking(found, alternatives, ResourceTypes.whole(whole.type()), false);
                    }
                    carry(found.entry().get(), whole.type());
                }
            }
            return answered();
        }

        private void carry(GrantEntry entry, String type) {
            carriers.add(entry);
            if (creator.isEmpty() && entry.ownCreated() && operation.creates().map(creates -> creates.type().equals(type)).orElse(false)) {
                creator = Optional.of(entry);
            }
        }

        /** What of the answer the token may see. */
        private CallVerdict answered() {
            List<Answer.Identity> identities = identities(operation.answer());
            boolean all = identities.isEmpty() || identities.stream().anyMatch(identity -> identity.type().isPresent()
                && coverage.showsAll(identity.type().get(), identity.scopes()));
            if (!all) {
                Set<GrantEntry> could = coverage.couldShow(identities);
                if (could.isEmpty()) {
                    List<String> alternatives = identities.get(0).scopes().allOf().get(0);
                    return lacking(new Coverage.Found(Optional.empty(), Coverage.Lack.SCOPE, Optional.empty()), alternatives,
                        ResourceTypes.whole(identities.get(0).type().orElse("resource")), false);
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

        private Refused lacking(Coverage.Found found, List<String> alternatives, ResourceName resource, boolean singleRead) {
            String scope = String.join("|", alternatives);
            List<String> words = new ArrayList<>(List.of("This token lacks " + scope + " on " + resource + "."));
            Rule rule = Rule.NOT_GRANTED;
            if (found.lack() == Coverage.Lack.CONSTRAINT) {
                rule = Rule.CONSTRAINT;
                words.set(0, "This token has " + scope + " on " + resource + " for other calls only: " + found.constraint().orElse("a constraint")
                    + " does not hold for this one.");
            } else if (found.lack() == Coverage.Lack.NAME) {
                rule = Rule.CREDENTIAL;
                words.set(0, "The answer is a credential: a token needs " + scope + " on the resource by name, and * is not enough.");
            }
            return new Refused(resources, rule, words.get(0), Optional.of(scope), Optional.of(resource), singleRead && rule == Rule.NOT_GRANTED);
        }
    }

    /** Where the parts of an answer say which resource they are. */
    static List<Answer.Identity> identities(Answer answer) {
        if (answer instanceof Answer.Collection collection) {
            return collection.identities();
        }
        return answer instanceof Answer.Item item ? item.identities() : List.of();
    }
}
