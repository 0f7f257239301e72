// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import static dev.postern.policy.SampleRequests.NOW;
import static dev.postern.policy.SampleRequests.SERVICES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccessDecided.LeftOut;
import dev.postern.events.AccessRequested;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.EventJson;
import dev.postern.events.PolicyId;
import dev.postern.events.Requester;
import dev.postern.events.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Properties of every decision, and equivalence: Cedar behind our queries decides as a few lines of plain Java do. */
class DecideAccessProperties {
    private static final Requester WORKLOAD = new Requester(Requester.Kind.WORKLOAD, "sub-of-ci", "shop-pipeline", List.of());

    /** A policy of a small language, as Cedar text and as a predicate. */
    record Rule(boolean permit, String principal, String action, String resource, String condition, Optional<Duration> longest, boolean approval) {
        String cedar() {
            return (approval ? "@approval(\"approver\") " : "") + longest.map(duration -> "@max_duration(\"" + duration + "\") ").orElse("")
                + (permit ? "permit" : "forbid") + "(principal" + principal + ", action" + action + ", resource" + resource + ")"
                + (condition.isEmpty() ? "" : " when { " + condition + " }") + ";";
        }

        boolean inScope(Requester requester, String asked, AuthorizationDetail detail) {
            boolean who = switch (principal) {
                case " == Portal::\"client-portal\"" -> requester.kind() == Requester.Kind.PORTAL && requester.client().equals("client-portal");
                case " is Portal" -> requester.kind() == Requester.Kind.PORTAL;
                case " in Role::\"operator\"" -> requester.roles().contains("operator");
                default -> true;
            };
            boolean what = action.isEmpty() || action.equals(" == Action::\"" + asked + "\"")
                || action.equals(" in Action::\"digitalocean\"") && detail instanceof AuthorizationDetail.DigitalOceanApi;
            String id = detail.identifier().value();
            boolean which = switch (resource) {
                case " == Service::\"shop-db\"" -> id.equals("service:shop-db");
                case " == Resource::\"do:droplet:1\"" -> id.equals("do:droplet:1");
                case " in Resource::\"do:droplet:*\"" -> id.startsWith("do:droplet:");
                default -> true;
            };
            return who && what && which;
        }

        boolean fails() {
            return condition.contains("9223372036854775807");
        }

        boolean holds(AccessRequested request) {
            return condition.isEmpty() || request.duration().toSeconds() <= 3600;
        }
    }

    @Provide
    Arbitrary<Rule> rules() {
        return Combinators.combine(
            Arbitraries.frequency(net.jqwik.api.Tuple.of(4, true), net.jqwik.api.Tuple.of(1, false)),
            Arbitraries.of("", " == Portal::\"client-portal\"", " is Portal", " in Role::\"operator\""),
            Arbitraries.of("", " == Action::\"firewall:open\"", " == Action::\"droplet:read\"", " in Action::\"digitalocean\""),
            Arbitraries.of("", "", " == Service::\"shop-db\"", " == Resource::\"do:droplet:1\"", " in Resource::\"do:droplet:*\""),
            Arbitraries.frequency(net.jqwik.api.Tuple.of(8, ""), net.jqwik.api.Tuple.of(4, "context.duration_seconds <= 3600"),
                net.jqwik.api.Tuple.of(1, "context.duration_seconds * 9223372036854775807 > 0")),
            Arbitraries.of(Optional.<Duration>empty(), Optional.of(Duration.ofMinutes(30)), Optional.of(Duration.ofHours(8))),
            Arbitraries.of(false, false, false, true))
            .as((permit, principal, action, resource, condition, longest, approval) -> new Rule(permit, principal, action, resource, condition,
                permit ? longest : Optional.empty(), permit && approval));
    }

    @Provide
    Arbitrary<List<Rule>> ruleSets() {
        return rules().list().ofMaxSize(6);
    }

    @Provide
    Arbitrary<AccessRequested> requests() {
        Arbitrary<AuthorizationDetail> details = Arbitraries.of(SampleRequests.shopDb(),
            SampleRequests.opening("shop-db", "8000-8001", "203.0.113.7", "2001:db8::1"),
            SampleRequests.opening("no-such", "5432", "203.0.113.7"), SampleRequests.opening("shop-db", "5432", "10.0.0.1"),
            SampleRequests.calls("do:droplet:1", "droplet:read"),
            SampleRequests.calls("do:droplet:*", "droplet:read", "droplet:update"), SampleRequests.calls("do:domain:example.com", "domain:read"),
            SampleRequests.images("do:repository:acme/shop-api", "push"), SampleRequests.calls("do:droplet:1", "no:such"));
        return Combinators.combine(Arbitraries.of(SampleRequests.PORTAL, SampleRequests.SECOND_PORTAL, SampleRequests.OLGA, WORKLOAD),
            Arbitraries.of(Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofHours(2), Duration.ofDays(90)), details.list().ofMinSize(1).ofMaxSize(4))
            .as((requester, duration, asked) -> SampleRequests.by(requester, duration, asked.toArray(AuthorizationDetail[]::new)));
    }

    private static CompiledPolicies compiled(List<Rule> rules) {
        return Policies.of(rules.stream().map(Rule::cedar).toArray(String[]::new));
    }

    private static AccessDecided decide(AccessRequested request, List<Rule> rules) {
        return DecideAccess.decide(request, compiled(rules), SERVICES, NOW).next().decided();
    }

    private static Set<Integer> grantedIndexes(AccessRequested request, AccessDecided decided) {
        Set<Integer> granted = IntStream.range(0, request.authorizationDetails().size()).boxed().collect(Collectors.toCollection(HashSet::new));
        decided.leftOut().stream().map(LeftOut::index).forEach(granted::remove);
        return granted;
    }

    /** The specification: per question, silence, error, forbid and permit, in plain Java; empty for left out. */
    private static Optional<Duration> expected(AccessRequested request, AuthorizationDetail detail, List<Rule> rules) {
        Duration longest = request.duration();
        for (String action : detail.policyActions()) {
            List<Rule> inScope = rules.stream().filter(rule -> rule.inScope(request.requester(), action, detail)).toList();
            List<Rule> matched = inScope.stream().filter(rule -> !rule.permit() && rule.fails() || !rule.fails() && rule.holds(request)).toList();
            if (matched.stream().anyMatch(rule -> !rule.permit()) || forbiddenInPart(request, action, detail, rules)) {
                return Optional.empty();
            }
            Optional<Duration> best = matched.stream().filter(rule -> !rule.approval()).map(rule -> rule.longest().orElse(request.duration()))
                .max(Duration::compareTo);
            if (best.isEmpty()) {
                return Optional.empty();
            }
            longest = best.get().compareTo(longest) < 0 ? best.get() : longest;
        }
        return Optional.of(longest);
    }

    /** A forbid of one Droplet refuses all Droplets. */
    private static boolean forbiddenInPart(AccessRequested request, String action, AuthorizationDetail detail, List<Rule> rules) {
        return detail.identifier().value().equals("do:droplet:*") && rules.stream().filter(rule -> !rule.permit() && rule.resource().contains("do:droplet:1"))
            .anyMatch(rule -> rule.inScope(request.requester(), action, SampleRequests.calls("do:droplet:1", action)) && (rule.fails() || rule.holds(request)));
    }

    private static boolean refusedWhoeverAsks(AuthorizationDetail detail) {
        String text = detail.toString();
        return text.contains("no-such") || text.contains("10.0.0.1") || text.contains("no:such");
    }

    @Property(tries = 400)
    void decisionsAreThoseOfTheSpecification(@ForAll("requests") AccessRequested request, @ForAll("ruleSets") List<Rule> rules) {
        AccessDecided decided = decide(request, rules);
        List<AuthorizationDetail> granted = new ArrayList<>();
        Duration longest = request.duration();
        for (AuthorizationDetail detail : request.authorizationDetails()) {
            Optional<Duration> duration = refusedWhoeverAsks(detail) ? Optional.empty() : expected(request, detail, rules);
            if (duration.isPresent()) {
                granted.add(detail);
                longest = duration.get().compareTo(longest) < 0 ? duration.get() : longest;
            }
        }
        assertThat(decided.authorizationDetails()).isEqualTo(granted);
        assertThat(decided.validUntil()).isEqualTo(granted.isEmpty() ? Optional.empty() : Optional.of(NOW.plus(longest)));
    }

    @Property(tries = 200)
    void addingAForbidNeverGrantsMore(@ForAll("requests") AccessRequested request, @ForAll("ruleSets") List<Rule> rules,
                                      @ForAll("rules") Rule added) {
        Rule forbid = new Rule(false, added.principal(), added.action(), added.resource(), added.condition(), Optional.empty(), false);
        List<Rule> more = new ArrayList<>(rules);
        more.add(forbid);
        assertThat(grantedIndexes(request, decide(request, rules))).containsAll(grantedIndexes(request, decide(request, more)));
    }

    @Property(tries = 200)
    void takingAPermitAwayNeverGrantsMore(@ForAll("requests") AccessRequested request, @ForAll("ruleSets") List<Rule> rules) {
        List<Rule> fewer = new ArrayList<>(rules);
        rules.stream().filter(Rule::permit).findFirst().ifPresent(fewer::remove);
        assertThat(grantedIndexes(request, decide(request, rules))).containsAll(grantedIndexes(request, decide(request, fewer)));
    }

    @Property(tries = 200)
    void nothingIsGrantedThatWasNotAskedAndEveryEntryIsAnsweredOnce(@ForAll("requests") AccessRequested request,
                                                                    @ForAll("ruleSets") List<Rule> rules) {
        AccessDecided decided = decide(request, rules);
        List<AuthorizationDetail> answered = IntStream.range(0, request.authorizationDetails().size())
            .filter(index -> grantedIndexes(request, decided).contains(index)).mapToObj(request.authorizationDetails()::get).toList();
        assertThat(decided.authorizationDetails()).isEqualTo(answered);
        assertThat(decided.leftOut())
            .allSatisfy(entry -> assertThat(entry.identifier()).isEqualTo(request.authorizationDetails().get(entry.index()).identifier()));
        assertThat(decided.leftOut()).extracting(LeftOut::index).isSorted().doesNotHaveDuplicates();
    }

    @Property(tries = 200)
    void noGrantIsLongerThanAskedOrThanTheBestPermitThatIsNamed(@ForAll("requests") AccessRequested request,
                                                                @ForAll("ruleSets") List<Rule> rules) {
        AccessDecided decided = decide(request, rules);
        if (decided.validUntil().isPresent()) {
            Duration granted = Duration.between(decided.decidedAt(), decided.validUntil().get());
            assertThat(granted).isPositive().isLessThanOrEqualTo(request.duration());
            Map<PolicyId, Rule> byId = new LinkedHashMap<>();
            rules.forEach(rule -> byId.put(new PolicyId("p" + (byId.size() + 1)), rule));
            Duration best = decided.policies().stream().map(byId::get).filter(rule -> rule.permit() && !rule.approval())
                .map(rule -> rule.longest().orElse(request.duration())).max(Duration::compareTo).orElseThrow();
            assertThat(granted).isLessThanOrEqualTo(best);
        }
    }

    @Property(tries = 100)
    void everyDecisionIsAnEventThatItsReadersCanRead(@ForAll("requests") AccessRequested request, @ForAll("ruleSets") List<Rule> rules)
        throws EventJson.Unreadable {
        AccessDecided decided = decide(request, rules);
        assertThat(EventJson.read(Topic.ACCESS_DECIDED, EventJson.write(decided))).isEqualTo(decided);
    }

    @Property(tries = 50)
    void theSameQuestionHasTheSameAnswer(@ForAll("requests") AccessRequested request, @ForAll("ruleSets") List<Rule> rules) {
        CompiledPolicies policies = compiled(rules);
        AccessDecided first = DecideAccess.decide(request, policies, SERVICES, NOW).next().decided();
        assertThat(DecideAccess.decide(request, policies, SERVICES, NOW).next().decided()).isEqualTo(first);
        assertThat(decide(request, rules)).isEqualTo(first);
    }
}
