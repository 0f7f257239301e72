// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import static dev.postern.policy.SampleRequests.ACME;
import static dev.postern.policy.SampleRequests.NOW;
import static dev.postern.policy.SampleRequests.OLGA;
import static dev.postern.policy.SampleRequests.PORTAL;
import static dev.postern.policy.SampleRequests.SECOND_PORTAL;
import static dev.postern.policy.SampleRequests.SERVICES;
import static dev.postern.policy.SampleRequests.SHOP_DB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccessDecided.Decision;
import dev.postern.events.AccessDecided.LeftOut;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AccessRequested;
import dev.postern.events.AccountName;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.EventJson;
import dev.postern.events.Outcome;
import dev.postern.events.PolicyId;
import dev.postern.events.ServiceProtected;
import dev.postern.events.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Theorems about decisions. Real Cedar decides. */
class DecideAccessTest {
    private static final String OPEN = "permit(principal, action == Action::\"firewall:open\", resource);";
    private static final String OVERFLOWING_PERMIT = "permit(principal, action, resource) when { context.duration_seconds * 9223372036854775807 > 0 };";
    private static final String ALL = "permit(principal, action, resource);";

    private static AccessDecided decide(AccessRequested request, String... policies) {
        return DecideAccess.decide(request, Policies.of(policies), SERVICES, NOW).next().decided();
    }

    private static LeftOut only(AccessDecided decided) {
        assertThat(decided.outcome()).isEqualTo(Decision.DENIED);
        assertThat(decided.authorizationDetails()).isEmpty();
        assertThat(decided.validUntil()).isEmpty();
        assertThat(decided.leftOut()).hasSize(1);
        return decided.leftOut().get(0);
    }

    @Test
    void defaultDeny() {
        assertThat(only(decide(SampleRequests.byPortal(SampleRequests.shopDb()))).rule()).isEqualTo("default-deny");
        AccessDecided decided = decide(SampleRequests.byPortal(SampleRequests.shopDb()), "permit(principal == Portal::\"other\", action, resource);");
        assertThat(only(decided).rule()).isEqualTo("default-deny");
        assertThat(decided.policies()).isEmpty();
        assertThat(decided.reasons()).containsExactly("service:shop-db: no policy permits firewall:open from 203.0.113.7 to the portal client-portal");
    }

    @Test
    void aPermitGrantsWhatWasAskedFromTheDecisionOn() {
        AccessRequested request = SampleRequests.byPortal(SampleRequests.shopDb());
        Outcome<AccessDecision> outcome = DecideAccess.decide(request, Policies.of(OPEN), SERVICES, NOW);
        AccessDecided decided = outcome.next().decided();
        assertThat(decided.outcome()).isEqualTo(Decision.GRANTED);
        assertThat(decided.authorizationDetails()).containsExactly(SampleRequests.shopDb());
        assertThat(decided.validUntil()).contains(NOW.plus(Duration.ofHours(1)));
        assertThat(decided.policies()).containsExactly(new PolicyId("p1"));
        assertThat(decided.policySetVersion()).isEqualTo(7);
        assertThat(decided.requestDigest()).isEqualTo(request.requestDigest());
        assertThat(decided.leftOut()).isEmpty();
        assertThat(outcome.events()).containsExactly(decided);
    }

    @Test
    void forbidTrumpsPermit() {
        AccessDecided decided = decide(SampleRequests.byPortal(SampleRequests.shopDb()), OPEN, ALL,
            "forbid(principal is Portal, action, resource is Service);");
        assertThat(only(decided).rule()).isEqualTo("forbid");
        assertThat(decided.policies()).containsExactly(new PolicyId("p3"));
        assertThat(decided.reasons()).containsExactly("service:shop-db: forbidden by p3");
    }

    @Test
    void anErrorIsADenialEvenBesideAPermit() {
        String overflow = "forbid(principal, action, resource) when { context.duration_seconds * 9223372036854775807 < 0 };";
        Outcome<AccessDecision> outcome = DecideAccess.decide(SampleRequests.byPortal(SampleRequests.shopDb()), Policies.of(OPEN, overflow), SERVICES, NOW);
        assertThat(only(outcome.next().decided()).rule()).isEqualTo("policy-error");
        assertThat(outcome.next().decided().policies()).containsExactly(new PolicyId("p2"));
        assertThat(outcome.next().faults()).hasSize(1);
        assertThat(outcome.next().faults().get(0).policies()).containsExactly(new PolicyId("p2"));
    }

    @Test
    void erringForbidRefusesAndTheReasonNamesItAndTheError() {
        AccessDecided decided = decide(SampleRequests.byPortal(SampleRequests.shopDb()), OPEN, OVERFLOWING_PERMIT,
            OVERFLOWING_PERMIT.replace("permit(", "forbid("));
        assertThat(only(decided).rule()).isEqualTo("policy-error");
        assertThat(only(decided).reason()).startsWith("p3 could not be evaluated").containsIgnoringCase("overflow").contains("it might forbid");
        assertThat(decided.policies()).containsExactly(new PolicyId("p3"));
    }

    @Test
    void erringPermitGrantsNothingAndHindersNoOther() {
        Outcome<AccessDecision> outcome = DecideAccess.decide(SampleRequests.byPortal(SampleRequests.shopDb()), Policies.of(OPEN, OVERFLOWING_PERMIT), SERVICES,
            NOW);
        assertThat(outcome.next().decided().outcome()).isEqualTo(Decision.GRANTED);
        assertThat(outcome.next().decided().policies()).containsExactly(new PolicyId("p1"));

        AccessDecided alone = decide(SampleRequests.byPortal(SampleRequests.shopDb()), OVERFLOWING_PERMIT);
        assertThat(only(alone).reason()).startsWith("p1 could not be evaluated").containsIgnoringCase("overflow").contains("no other policy permits it");
    }

    @Test
    void denialNamesThePersonTheActionAndTheSource() {
        assertThat(decide(SampleRequests.by(OLGA, Duration.ofHours(1), SampleRequests.opening("shop-db", "5432", "203.0.113.7"))).reasons()).containsExactly(
            "service:shop-db: no policy permits firewall:open from 203.0.113.7 to the person sub-of-olga (through operator-console)");
        assertThat(decide(SampleRequests.by(OLGA, Duration.ofHours(1), SampleRequests.calls("do:droplet:1", "droplet:read"))).reasons()).containsExactly(
            "do:droplet:1: no policy permits droplet:read to the person sub-of-olga (through operator-console)");
    }

    @Test
    void policyThatAnEarlierVersionAcceptedStillCountsAndIsReported() {
        CompiledPolicies policies = Policies.of("@aproval(\"approver\") " + OPEN, "permit(principal, action, resource == Resource::\"do:droplet:007\");",
            "@note(\"sound\") permit(principal, action, resource is Service);");
        assertThat(DecideAccess.decide(SampleRequests.byPortal(SampleRequests.shopDb()), policies, SERVICES, NOW).next().decided().outcome())
            .isEqualTo(Decision.GRANTED);
        assertThat(policies.outdated()).containsOnlyKeys(new PolicyId("p1"), new PolicyId("p2"));
        assertThat(policies.outdated().get(new PolicyId("p1"))).contains("did you mean @approval?");
        assertThat(policies.outdated().get(new PolicyId("p2"))).contains("write Resource::\"do:droplet:7\"");
    }

    @Test
    void denialNamesThePermitsThatNearlyMatchedForThisRequester() {
        String reason = only(decide(SampleRequests.by(OLGA, Duration.ofHours(1), SampleRequests.shopDb()),
            "permit(principal == Portal::\"client-portal\", action == Action::\"firewall:open\", resource);",
            "permit(principal is Person in Role::\"operator\", action == Action::\"firewall:open\", resource == Service::\"other\");",
            "permit(principal in Role::\"operator\", action in Action::\"registry\", resource);",
            "permit(principal in Role::\"operator\", action in Action::\"registry\", resource is Resource);",
            "permit(principal, action in [Action::\"firewall:open\"], resource is Service in Account::\"acme\") when { context has reason };")).reason();
        assertThat(reason).endsWith("; nearly: p5 (its conditions do not hold), p2 (it is for another resource), p3 (it is for another action)");
        assertThat(only(decide(SampleRequests.byPortal(SampleRequests.calls("do:droplet:1", "droplet:read")),
            "permit(principal, action in Action::\"digitalocean\", resource in Resource::\"do:droplet:*\") when { context.entries > 5 };")).reason())
            .endsWith("; nearly: p1 (its conditions do not hold)");
    }

    @Test
    void identifierInAnotherSpellingIsDeniedWithTheRightOne() {
        String forbid = "forbid(principal, action, resource == Resource::\"do:droplet:300201\");";
        for (String[] spelling : new String[][] {{"do:droplet:0300201", "do:droplet:300201"}, {"do:domain:Billing.Example", "do:domain:billing.example"},
            {"do:domain:billing.example.", "do:domain:billing.example"}, {"do:tag:Billing", "do:tag:billing"},
            {"do:floatingip:203.0.113.9", "do:reserved_ip:203.0.113.9"},
            {"do:dbaas:9cc10173-e9ea-4176-9dbc-a4cee4c4ff30", "do:database:9cc10173-e9ea-4176-9dbc-a4cee4c4ff30"},
            {"do:database:9CC10173-E9EA-4176-9DBC-A4CEE4C4FF30", "do:database:9cc10173-e9ea-4176-9dbc-a4cee4c4ff30"}}) {
            AccessDecided decided = decide(SampleRequests.byPortal(SampleRequests.calls(spelling[0], "droplet:read")), ALL, forbid);
            assertThat(only(decided).rule()).as(spelling[0]).isEqualTo("identifier-not-canonical");
            assertThat(only(decided).reason()).endsWith("write " + spelling[1]);
        }
        for (String alias : List.of("do:project:default", "do:registry:account.default")) {
            assertThat(only(decide(SampleRequests.byPortal(SampleRequests.calls(alias, "project:read")), ALL)).rule()).isEqualTo("identifier-not-canonical");
        }
    }

    @Test
    void forbidOfOneNameOfAnImageRefusesTheOther() {
        String forbid = "forbid(principal, action, resource == Resource::\"do:snapshot:42\");";
        assertThat(only(decide(SampleRequests.byPortal(SampleRequests.calls("do:image:42", "image:read")), ALL, forbid)).rule()).isEqualTo("forbid");
        assertThat(
            only(decide(SampleRequests.byPortal(SampleRequests.calls("do:snapshot:42", "snapshot:read")), ALL, forbid.replace("snapshot", "image"))).rule())
            .isEqualTo("forbid");
        assertThat(decide(SampleRequests.byPortal(SampleRequests.calls("do:image:43", "image:read")), ALL, forbid).outcome()).isEqualTo(Decision.GRANTED);
        assertThat(only(decide(SampleRequests.byPortal(SampleRequests.calls("do:image:*", "image:read")), ALL, forbid)).rule()).isEqualTo("forbid");
    }

    @Test
    void permitOfOneNameOfAnImageGrantsOnlyThatName() {
        String permit = "permit(principal, action, resource == Resource::\"do:snapshot:42\");";
        assertThat(decide(SampleRequests.byPortal(SampleRequests.calls("do:snapshot:42", "snapshot:read")), permit).outcome()).isEqualTo(Decision.GRANTED);
        assertThat(only(decide(SampleRequests.byPortal(SampleRequests.calls("do:image:42", "image:read")), permit)).rule()).isEqualTo("default-deny");
    }

    @Test
    void requestOfTooMuchWorkIsDeniedAtOnce() {
        String[] sources = java.util.stream.IntStream.range(0, 100).mapToObj(each -> "203.0.113." + each).toArray(String[]::new);
        AuthorizationDetail[] entries = new AuthorizationDetail[50];
        java.util.Arrays.fill(entries, SampleRequests.opening("shop-db", "5432", sources));
        long before = System.nanoTime();
        AccessDecided decided = decide(SampleRequests.byPortal(entries), OPEN);
        assertThat(System.nanoTime() - before).isLessThan(Duration.ofSeconds(2).toNanos());
        assertThat(decided.leftOut()).hasSize(50).extracting(LeftOut::rule).containsOnly("request-too-large");
        assertThat(decided.leftOut().get(0).reason()).contains("at most 1000").contains("send several requests");
        assertThat(decide(SampleRequests.byPortal(entries[0]), OPEN).outcome()).isEqualTo(Decision.GRANTED);
    }

    @Test
    void policyThatReadsAllSourcesSeesAllOfThemHoweverItReadsThem() {
        AuthorizationDetail two = SampleRequests.opening("shop-db", "5432", "203.0.113.7", "203.0.113.8");
        for (String condition : List.of("context.sources.contains(ip(\"203.0.113.8\")) && context.sources.contains(ip(\"203.0.113.7\"))",
            "context[\"sources\"] == [ip(\"203.0.113.7\"), ip(\"203.0.113.8\")]", "context[\"sour\\x63es\"] == [ip(\"203.0.113.7\"), ip(\"203.0.113.8\")]")) {
            assertThat(decide(SampleRequests.byPortal(two), OPEN.replace(";", " when { " + condition + " };")).outcome()).as(condition)
                .isEqualTo(Decision.GRANTED);
        }
        assertThat(decide(SampleRequests.byPortal(two), OPEN.replace(";", " when { context == {} };")).outcome()).isEqualTo(Decision.DENIED);
    }

    @Test
    void aPermitInErrorGrantsNothing() {
        AccessDecided decided = decide(SampleRequests.byPortal(SampleRequests.shopDb()),
            "permit(principal, action, resource) when { context.duration_seconds * 9223372036854775807 > 0 };");
        assertThat(only(decided).rule()).isEqualTo("policy-error");
    }

    @Test
    void theLongestPermitCountsAndNoGrantIsLongerThanAsked() {
        String hour = "@max_duration(\"PT1H\") " + OPEN;
        String day = "@max_duration(\"PT24H\") permit(principal is Portal, action, resource);";
        assertThat(granted(decide(SampleRequests.by(PORTAL, Duration.ofHours(8), SampleRequests.shopDb()), hour, day))).isEqualTo(Duration.ofHours(8));
        assertThat(granted(decide(SampleRequests.by(PORTAL, Duration.ofHours(48), SampleRequests.shopDb()), hour, day))).isEqualTo(Duration.ofHours(24));
        assertThat(granted(decide(SampleRequests.by(PORTAL, Duration.ofHours(48), SampleRequests.shopDb()), hour))).isEqualTo(Duration.ofHours(1));
        assertThat(granted(decide(SampleRequests.by(PORTAL, Duration.ofHours(48), SampleRequests.shopDb()), hour, ALL))).isEqualTo(Duration.ofHours(48));
    }

    private static Duration granted(AccessDecided decided) {
        return Duration.between(decided.decidedAt(), decided.validUntil().orElseThrow());
    }

    @Test
    void aGrantOfSeveralEntriesIsAsLongAsTheShortestOfThem() {
        List<AuthorizationDetail> asked = List.of(SampleRequests.shopDb(), SampleRequests.calls("do:droplet:1", "droplet:read"));
        for (List<AuthorizationDetail> order : List.of(asked, List.of(asked.get(1), asked.get(0)))) {
            AccessDecided decided = decide(SampleRequests.by(PORTAL, Duration.ofHours(48), order.toArray(AuthorizationDetail[]::new)),
                "@max_duration(\"PT8H\") " + OPEN, "@max_duration(\"PT2H\") permit(principal, action == Action::\"droplet:read\", resource);");
            assertThat(decided.authorizationDetails()).isEqualTo(order);
            assertThat(granted(decided)).isEqualTo(Duration.ofHours(2));
            assertThat(decided.policies()).containsExactly(new PolicyId("p1"), new PolicyId("p2"));
        }
    }

    @Test
    void eachEntryIsDecidedOnItsOwnAndWhatIsLeftOutSaysWhy() {
        AccessDecided decided = decide(
            SampleRequests.byPortal(SampleRequests.calls("do:droplet:1", "droplet:read"), SampleRequests.shopDb(),
                SampleRequests.opening("no-such", "22", "203.0.113.7")),
            OPEN);
        assertThat(decided.outcome()).isEqualTo(Decision.GRANTED);
        assertThat(decided.authorizationDetails()).containsExactly(SampleRequests.shopDb());
        assertThat(decided.leftOut()).extracting(LeftOut::index).containsExactly(0, 2);
        assertThat(decided.leftOut()).extracting(LeftOut::rule).containsExactly("default-deny", "service-unknown");
        assertThat(decided.reasons()).hasSize(3);
    }

    @Test
    void everyActionOfAnEntryHasToBePermitted() {
        String read = "permit(principal, action == Action::\"droplet:read\", resource);";
        assertThat(only(decide(SampleRequests.byPortal(SampleRequests.calls("do:droplet:1", "droplet:read", "droplet:delete")), read)).rule())
            .isEqualTo("default-deny");
        assertThat(decide(SampleRequests.byPortal(SampleRequests.calls("do:droplet:1", "droplet:read", "droplet:delete")), read,
            "permit(principal, action == Action::\"droplet:delete\", resource);").outcome()).isEqualTo(Decision.GRANTED);
    }

    @Test
    void everySourceOfAnOpeningHasToBePermitted() {
        String scoped = "permit(principal, action == Action::\"firewall:open\", resource is Service)"
            + " when { context.source.isInRange(ip(\"203.0.113.0/25\")) };";
        assertThat(decide(SampleRequests.byPortal(SampleRequests.opening("shop-db", "5432", "203.0.113.7", "203.0.113.8")), scoped).outcome())
            .isEqualTo(Decision.GRANTED);
        assertThat(only(decide(SampleRequests.byPortal(SampleRequests.opening("shop-db", "5432", "203.0.113.7", "203.0.113.200")), scoped)).rule())
            .isEqualTo("default-deny");
        String blocked = "forbid(principal, action == Action::\"firewall:open\", resource) when { context.source.isInRange(ip(\"203.0.113.128/25\")) };";
        assertThat(only(decide(SampleRequests.byPortal(SampleRequests.opening("shop-db", "5432", "203.0.113.7", "203.0.113.200")), OPEN, blocked)).rule())
            .isEqualTo("forbid");
    }

    @Test
    void approvalCannotBeHadYetSoAPermitThatAsksForItGrantsNothing() {
        AccessDecided decided = decide(SampleRequests.byPortal(SampleRequests.shopDb()), "@approval(\"approver\") " + OPEN);
        assertThat(only(decided).rule()).isEqualTo("approval-needed");
        assertThat(decided.policies()).containsExactly(new PolicyId("p1"));
        assertThat(decided.reasons().get(0)).contains("role approver");
    }

    @Test
    void noApprovalIsNeededWhereOnePermitNeedsNoneAndThenItsDurationHolds() {
        AccessDecided decided = decide(SampleRequests.by(PORTAL, Duration.ofHours(8), SampleRequests.shopDb()),
            "@approval(\"approver\") @max_duration(\"PT8H\") " + OPEN, "@max_duration(\"PT1H\") " + ALL);
        assertThat(decided.outcome()).isEqualTo(Decision.GRANTED);
        assertThat(granted(decided)).isEqualTo(Duration.ofHours(1));
        assertThat(decided.policies()).containsExactly(new PolicyId("p2"));
    }

    @Test
    void aForbidTrumpsAnApproval() {
        assertThat(
            only(decide(SampleRequests.byPortal(SampleRequests.shopDb()), "@approval(\"approver\") " + OPEN, "forbid(principal, action, resource);")).rule())
            .isEqualTo("forbid");
    }

    @Test
    void whatIsWrongWhoeverAsksIsRefusedBeforePolicy() {
        assertThat(rule(SampleRequests.opening("no-such", "5432", "203.0.113.7"))).isEqualTo("service-unknown");
        assertThat(rule(SampleRequests.opening("shop-db", "5433", "203.0.113.7"))).isEqualTo("port-not-offered");
        assertThat(rule(SampleRequests.opening("shop-db", "8000-9001", "203.0.113.7"))).isEqualTo("port-not-offered");
        assertThat(rule(SampleRequests.opening("shop-db", "5432", "10.0.0.1"))).isEqualTo("source-not-public");
        assertThat(rule(SampleRequests.opening("shop-db", "5432", "203.0.113.7", "203.0.112.0/23"))).isEqualTo("source-too-wide");
        assertThat(rule(SampleRequests.calls("service:shop-db", "droplet:read"))).isEqualTo("identifier-mismatch");
        assertThat(rule(SampleRequests.calls("do:droplet:1", "droplet:fly"))).isEqualTo("action-unknown");
        assertThat(rule(SampleRequests.calls("do:droplet:1", "registry:pull"))).isEqualTo("action-unknown");
        assertThat(rule(SampleRequests.calls("do:droplet:1", "firewall:open"))).isEqualTo("action-unknown");
        assertThat(rule(SampleRequests.calls("do:droplet:1"))).isEqualTo("action-unknown");
        assertThat(rule(SampleRequests.images("do:droplet:1", "pull"))).isEqualTo("identifier-mismatch");
        assertThat(rule(SampleRequests.images("do:repository:acme/api", "delete"))).isEqualTo("action-unknown");
    }

    private static String rule(AuthorizationDetail asked) {
        return only(decide(SampleRequests.byPortal(asked), ALL)).rule();
    }

    @Test
    void aServiceOfAnotherAccountOrARemovedOneIsNotOpened() {
        AccessRequested other = new AccessRequested(new AccessRequestId(UUID.randomUUID()), new AccountName("other"), PORTAL, Optional.empty(),
            List.of(SampleRequests.shopDb()), Duration.ofHours(1), Optional.empty(), Optional.empty(), "ab".repeat(32), NOW);
        assertThat(only(decide(other, ALL)).rule()).isEqualTo("account-mismatch");

        ServiceProtected removed = new ServiceProtected(SHOP_DB.service(), 2, ACME, Optional.empty(), SHOP_DB.attachment(), SHOP_DB.ports(),
            SHOP_DB.sourceRules(), true, "olga", NOW, Optional.of("operator-console"));
        AccessDecided decided = DecideAccess.decide(SampleRequests.byPortal(SampleRequests.shopDb()), Policies.of(ALL), Map.of(removed.service(), removed), NOW)
            .next().decided();
        assertThat(only(decided).rule()).isEqualTo("service-unknown");
    }

    @Test
    void aDurationOfNothingGrantsNothing() {
        assertThat(only(decide(SampleRequests.by(PORTAL, Duration.ZERO, SampleRequests.shopDb()), ALL)).rule()).isEqualTo("duration-not-positive");
        assertThat(only(decide(SampleRequests.by(PORTAL, Duration.ofSeconds(-5), SampleRequests.shopDb()), ALL)).rule()).isEqualTo("duration-not-positive");
    }

    @Test
    void policiesSeeWhoAsksForWhomFromWhereAndWhen() {
        AccessRequested request = SampleRequests.byPortal(SampleRequests.shopDb());
        for (String condition : List.of("principal.client == \"client-portal\"", "principal.subject == \"sub-of-client-portal\"",
            "principal in Role::\"requester\"", "principal is Portal", "resource in Account::\"acme\"", "resource in Project::\"acme/shop\"",
            "resource.name == \"shop-db\" && resource.account == \"acme\"", "resource has project && resource.project == \"shop\"",
            "context.duration_seconds == 3600", "context has on_behalf_of && context.on_behalf_of == \"customer-17\"",
            "context.now == datetime(\"2026-03-01T12:00:00Z\")", "context.protocol == \"tcp\"", "context.ports.first == 5432 && context.ports.last == 5432",
            "context.sources.contains(ip(\"203.0.113.7\"))", "context.entries == 1", "!(context has reason)")) {
            assertThat(decide(request, OPEN.replace(";", " when { " + condition + " };")).outcome()).as(condition).isEqualTo(Decision.GRANTED);
            assertThat(decide(request, OPEN.replace(";", " unless { " + condition + " };")).outcome()).as("not " + condition).isEqualTo(Decision.DENIED);
        }
    }

    @Test
    void policiesSeeHowCallsAreNarrowed() {
        AuthorizationDetail narrowed = new AuthorizationDetail.DigitalOceanApi(
            new dev.postern.events.ResourceName("do:firewall:bb4b2611-3d72-467b-8602-280330ecd65c"),
            List.of("firewall:update"), Optional.of(new AuthorizationDetail.Constraints(Optional.of(List.of("POST")), Optional.empty(), Optional.empty(),
                Optional.of(100), Optional.of(10), Optional.of(List.of(new dev.postern.events.SourceAddress("198.51.100.0/24"))), Optional.of(true))));
        String update = "permit(principal, action == Action::\"firewall:update\", resource) when { context has max_calls && context.max_calls <= 100"
            + " && context has methods && [\"POST\", \"DELETE\"].containsAll(context.methods) && !context.body_schema"
            + " && context has max_calls_per_minute && context.max_calls_per_minute == 10 && context.own_created"
            + " && context has client_addresses && context.client_addresses.contains(ip(\"198.51.100.0/24\"))"
            + " && resource.kind == \"firewall\" && resource.id == \"bb4b2611-3d72-467b-8602-280330ecd65c\" && resource.urn == \"do:firewall:bb4b2611-3d72-467b-8602-280330ecd65c\" && !resource.wildcard };";
        assertThat(decide(SampleRequests.byPortal(narrowed), update).outcome()).isEqualTo(Decision.GRANTED);
        assertThat(
            decide(SampleRequests.byPortal(SampleRequests.calls("do:firewall:bb4b2611-3d72-467b-8602-280330ecd65c", "firewall:update")), update).outcome())
            .isEqualTo(Decision.DENIED);
    }

    @Test
    void aResourceIsInItsWildcardsAndAWildcardIsNotInItsResources() {
        String droplets = "permit(principal, action == Action::\"droplet:read\", resource in Resource::\"do:droplet:*\");";
        assertThat(decide(SampleRequests.byPortal(SampleRequests.calls("do:droplet:1", "droplet:read")), droplets).outcome()).isEqualTo(Decision.GRANTED);
        assertThat(decide(SampleRequests.byPortal(SampleRequests.calls("do:droplet:*", "droplet:read")), droplets).outcome()).isEqualTo(Decision.GRANTED);
        assertThat(decide(SampleRequests.byPortal(SampleRequests.calls("do:volume:1", "droplet:read")), droplets).outcome()).isEqualTo(Decision.DENIED);
        String one = "permit(principal, action, resource == Resource::\"do:droplet:1\");";
        assertThat(decide(SampleRequests.byPortal(SampleRequests.calls("do:droplet:*", "droplet:read")), one).outcome()).isEqualTo(Decision.DENIED);
        String registry = "permit(principal, action in Action::\"registry\", resource in Resource::\"do:repository:acme/*\");";
        assertThat(decide(SampleRequests.byPortal(SampleRequests.images("do:repository:acme/shop-api", "pull", "push")), registry).outcome())
            .isEqualTo(Decision.GRANTED);
        assertThat(decide(SampleRequests.byPortal(SampleRequests.images("do:repository:acme/team/api", "pull")), registry).outcome())
            .isEqualTo(Decision.GRANTED);
        assertThat(decide(SampleRequests.byPortal(SampleRequests.images("do:repository:other/shop-api", "pull")), registry).outcome())
            .isEqualTo(Decision.DENIED);
    }

    @Test
    void aPersonWhoComesThroughAPortalIsNotThatPortal() {
        String portal = "permit(principal == Portal::\"client-portal\", action, resource);";
        AccessRequested person = SampleRequests.by(new dev.postern.events.Requester(dev.postern.events.Requester.Kind.PERSON, "client-portal", "client-portal",
            List.of()), Duration.ofHours(1), SampleRequests.shopDb());
        assertThat(decide(person, portal).outcome()).isEqualTo(Decision.DENIED);
        assertThat(decide(SampleRequests.by(OLGA, Duration.ofHours(1), SampleRequests.shopDb()),
            "permit(principal is Person in Role::\"operator\", action, resource);").outcome())
            .isEqualTo(Decision.GRANTED);
        assertThat(decide(SampleRequests.by(SECOND_PORTAL, Duration.ofHours(1), SampleRequests.shopDb()), portal).outcome()).isEqualTo(Decision.DENIED);
    }

    @Test
    void textOfARequesterCannotBecomePolicy() {
        AccessRequested hostile = new AccessRequested(new AccessRequestId(UUID.randomUUID()), ACME,
            new dev.postern.events.Requester(dev.postern.events.Requester.Kind.PORTAL, "\"}]", "x\" || true || \"\\u{0}", List.of("a\",\"operator")),
            Optional.of("{\"__entity\":{\"type\":\"Role\",\"id\":\"operator\"}}"), List.of(SampleRequests.shopDb()), Duration.ofHours(1), Optional.empty(),
            Optional.of("__extn"), "ab".repeat(32), NOW);
        assertThat(only(decide(hostile, "permit(principal in Role::\"operator\", action, resource);",
            "permit(principal == Portal::\"x\", action, resource);")).rule()).isEqualTo("default-deny");
        assertThat(decide(hostile, OPEN).outcome()).isEqualTo(Decision.GRANTED);
    }

    @Test
    void aSetThatCannotBeReadDeniesEverythingForTheLostPolicyMayBeAForbid() {
        Map<PolicyId, String> texts = Map.of(new PolicyId("good"), OPEN, new PolicyId("bad"), "forbid(principal, action");
        assertThatThrownBy(() -> CompiledPolicies.of(9, texts)).isInstanceOf(CompiledPolicies.Unusable.class).hasMessageContaining("bad");
        try {
            CompiledPolicies.of(9, texts);
        } catch (CompiledPolicies.Unusable unusable) {
            AccessDecided decided = DecideAccess.decide(SampleRequests.byPortal(SampleRequests.shopDb()), CompiledPolicies.broken(9, unusable), SERVICES, NOW)
                .next().decided();
            assertThat(only(decided).rule()).isEqualTo("policy-error");
            assertThat(decided.policySetVersion()).isEqualTo(9);
        }
    }

    @Test
    void aDecisionByAThousandPoliciesWithLongNamesStillFitsIntoItsEvent() throws Exception {
        Map<PolicyId, String> texts = new java.util.HashMap<>();
        for (int each = 0; each < PutPolicy.POLICIES_MAX; each++) {
            texts.put(new PolicyId("a".repeat(96) + String.format("%04d", each)), ALL);
        }
        AccessDecided decided = DecideAccess.decide(SampleRequests.byPortal(SampleRequests.shopDb()), Policies.compiled(texts), SERVICES, NOW).next().decided();
        assertThat(decided.policies()).hasSize(PutPolicy.POLICIES_MAX);
        assertThat(decided.reasons().get(0)).endsWith(" and 990 more");
        assertThat(EventJson.read(Topic.ACCESS_DECIDED, EventJson.write(decided))).isEqualTo(decided);
    }
}
