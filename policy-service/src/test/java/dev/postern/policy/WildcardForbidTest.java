// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AccessDecided;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.ResourceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A grant for a wildcard reaches everything in it, so a forbid of a part of it refuses it. */
class WildcardForbidTest {
    private static final String PERMIT_ALL = "permit(principal, action, resource);";

    private static AccessDecided decide(String forbid, AuthorizationDetail asked) {
        return DecideAccess.decide(SampleRequests.byPortal(asked), Policies.of(PERMIT_ALL, forbid), SampleRequests.SERVICES, SampleRequests.NOW).next()
            .decided();
    }

    private static String rule(String forbid, AuthorizationDetail asked) {
        AccessDecided decided = decide(forbid, asked);
        return decided.leftOut().isEmpty() ? "granted" : decided.leftOut().get(0).rule();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '\t', quoteCharacter = '\'', value = {
        "(principal, action, resource == Resource::\"do:droplet:5\");",
        "(principal, action, resource is Resource) when { resource == Resource::\"do:droplet:5\" };",
        "(principal, action, resource is Resource) when { [Resource::\"do:droplet:5\", Resource::\"do:ssh_key:7\"].contains(resource) };",
        "(principal, action, resource is Resource) when { resource in [Resource::\"do:droplet:5\"] };",
        "(principal, action, resource is Resource) when { resource is Resource in Resource::\"do:droplet:5\" };",
        "(principal, action, resource is Resource) when { resource.urn == \"do:droplet:5\" };",
        "(principal, action, resource is Resource) when { resource.kind == \"droplet\" && resource.id == \"5\" };",
        "(principal, action, resource is Resource) when { resource.kind == \"droplet\" && resource.id like \"5*\" };",
        "(principal, action, resource is Resource) when { resource.kind == \"droplet\" && !(resource == Resource::\"do:droplet:6\") };",
        "(principal, action, resource is Resource) when { resource.kind == \"droplet\" && resource != Resource::\"do:droplet:6\" };",
        "(principal, action, resource is Resource in Account::\"acme\") unless { resource.kind != \"droplet\" || resource.urn == \"do:droplet:6\" };",
        "(principal, action, resource is Resource) when { if resource == Resource::\"do:droplet:5\" then true else false };",
        "(principal, action, resource is Resource) when { resource == Resource::\"do:droplet:5\" || resource == Resource::\"do:ssh_key:7\" };",
        "(principal, action == Action::\"droplet:read\", resource == Resource::\"do:droplet:5\") when { context.duration_seconds > 60 };"})
    void forbidOfOneDropletRefusesAllDropletsHoweverItIsWritten(String scopeAndConditions) {
        String forbid = "forbid" + scopeAndConditions;
        AccessDecided decided = decide(forbid, SampleRequests.calls("do:droplet:*", "droplet:read"));
        assertThat(decided.leftOut()).as(forbid).hasSize(1);
        assertThat(decided.leftOut().get(0).rule()).isEqualTo("forbid");
        assertThat(decided.leftOut().get(0).reason()).startsWith("forbidden by p2");
        assertThat(rule(forbid, SampleRequests.calls("do:droplet:5", "droplet:read"))).isEqualTo("forbid");
        assertThat(rule(forbid, SampleRequests.calls("do:droplet:6", "droplet:read"))).as(forbid).isEqualTo("granted");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '\t', quoteCharacter = '\'', value = {
        "(principal, action, resource == Resource::\"do:ssh_key:5\");",
        "(principal == Portal::\"other\", action, resource == Resource::\"do:droplet:5\");",
        "(principal, action == Action::\"droplet:delete\", resource == Resource::\"do:droplet:5\");",
        "(principal, action, resource == Resource::\"do:droplet:5\") when { context.duration_seconds > 36000 };",
        "(principal, action, resource is Resource) when { resource.kind == \"ssh_key\" && resource.id == \"5\" };",
        "(principal, action, resource is Resource) unless { resource in Resource::\"do:droplet:*\" };",
        "(principal, action, resource is Resource in Account::\"other\") when { resource.id == \"5\" };"})
    void forbidOfSomethingElseDoesNot(String scopeAndConditions) {
        assertThat(rule("forbid" + scopeAndConditions, SampleRequests.calls("do:droplet:*", "droplet:read"))).isEqualTo("granted");
    }

    @Test
    void everyWildcardAroundAForbiddenRepositoryIsRefused() {
        String one = "forbid(principal, action, resource == Resource::\"do:repository:acme/team/api\");";
        String team = "forbid(principal, action, resource in Resource::\"do:repository:acme/team/*\");";
        for (String forbid : List.of(one, team)) {
            for (String wildcard : List.of("do:repository:*", "do:repository:acme/*")) {
                assertThat(rule(forbid, SampleRequests.images(wildcard, "pull"))).as(forbid + wildcard).isEqualTo("forbid");
            }
            assertThat(rule(forbid, SampleRequests.images("do:repository:other/*", "pull"))).isEqualTo("granted");
        }
    }

    @Test
    void grantOfOnlyWhatItCreatesIsNotRefusedForADropletThatExists() {
        AuthorizationDetail own = own("do:droplet:*", "droplet:create");
        assertThat(rule("forbid(principal, action, resource == Resource::\"do:droplet:5\");", own)).isEqualTo("granted");
        assertThat(rule("forbid(principal, action, resource == Resource::\"do:domain:billing.example\");", own("do:domain:*", "domain:create")))
            .as("its creator chooses a domain's name").isEqualTo("forbid");
    }

    private static AuthorizationDetail own(String wildcard, String action) {
        return new AuthorizationDetail.DigitalOceanApi(new ResourceName(wildcard), List.of(action), Optional.of(new AuthorizationDetail.Constraints(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(true))));
    }

    @Test
    void forbidThatIsTooDeepToWidenRefusesEveryWildcard() throws Exception {
        String forbid = "forbid(principal, action, resource is Resource) when { "
            + "resource == Resource::\"do:ssh_key:1\" || ".repeat(300) + "false };";
        String conjunction = "forbid(principal, action, resource is Resource) when { " + "context.duration_seconds > 1 && ".repeat(300)
            + "resource == Resource::\"do:ssh_key:1\" };";
        List<String> rules = new ArrayList<>();
        // Cedar evaluates such a depth on a stack as large as that of the service's threads.
        Thread deep = new Thread(null, () -> {
            rules.add(rule(forbid, SampleRequests.calls("do:droplet:*", "droplet:read")));
            rules.add(rule(forbid, SampleRequests.calls("do:droplet:5", "droplet:read")));
            rules.add(rule(conjunction, SampleRequests.calls("do:droplet:*", "droplet:read")));
            rules.add(rule(conjunction, SampleRequests.calls("do:ssh_key:*", "ssh_key:read")));
        }, "deep", 64L * 1024 * 1024);
        deep.start();
        deep.join();
        assertThat(rules).containsExactly("forbid", "granted", "granted", "forbid");
    }
}
