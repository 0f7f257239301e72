// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import static dev.postern.policy.SampleRequests.NOW;
import static dev.postern.policy.SampleRequests.OLGA;
import static dev.postern.policy.SampleRequests.PORTAL;
import static dev.postern.policy.SampleRequests.SECOND_PORTAL;
import static dev.postern.policy.SampleRequests.SERVICES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccessRequested;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.PolicyId;
import dev.postern.events.Requester;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The policies that the local stack loads say what its walk-through shows. */
class SamplePoliciesTest {
    private static final String SUFFIX = ".cedar";
    private static final Map<PolicyId, String> SAMPLES = samples();

    private static Map<PolicyId, String> samples() {
        Path folder = Path.of(System.getProperty("postern.root", ".."), "deploy", "local", "policies");
        Map<PolicyId, String> samples = new HashMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                assertThat(name).endsWith(SUFFIX);
                samples.put(new PolicyId(name.substring(0, name.length() - SUFFIX.length())), Files.readString(file));
            }
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
        return samples;
    }

    private static AccessDecided decide(Requester requester, AuthorizationDetail... asked) {
        return DecideAccess.decide(SampleRequests.by(requester, Duration.ofDays(2), asked), Policies.compiled(SAMPLES), SERVICES, NOW).next().decided();
    }

    private static void granted(AccessDecided decided, String policy, Duration duration) {
        assertThat(decided.outcome()).as(decided.reasons().toString()).isEqualTo(AccessDecided.Decision.GRANTED);
        assertThat(decided.leftOut()).isEmpty();
        assertThat(decided.policies()).containsExactly(new PolicyId(policy));
        assertThat(decided.validUntil()).contains(NOW.plus(duration));
    }

    private static void denied(AccessDecided decided, String... policies) {
        assertThat(decided.outcome()).as(decided.reasons().toString()).isEqualTo(AccessDecided.Decision.DENIED);
        assertThat(decided.policies()).containsExactlyElementsOf(Stream.of(policies).map(PolicyId::new).toList());
    }

    @Test
    void everySampleIsAPolicyWithoutAWarningAndSaysItsOwnName() {
        assertThat(SAMPLES).isNotEmpty();
        SAMPLES.forEach((id, text) -> {
            assertThat(CheckPolicy.check(id, text)).as(id.toString()).isEqualTo(new PolicyCheck.Sound(List.of()));
            assertThat(text).contains("@id(\"" + id + "\")");
        });
    }

    @Test
    void theClientPortalOpensTheShopForEightHoursAndASecondPortalIsDeniedByName() {
        AccessDecided decided = decide(PORTAL, SampleRequests.shopDb());
        assertThat(decided.policies()).contains(new PolicyId("client-portal-opens-shop-db"));
        assertThat(decided.validUntil()).contains(NOW.plus(Duration.ofHours(8)));
        granted(decide(PORTAL, SampleRequests.opening("shop-db", "8000", "203.0.113.7")), "client-portal-opens-services", Duration.ofHours(8));
        denied(decide(SECOND_PORTAL, SampleRequests.shopDb()), "second-portal-stays-out");
    }

    @Test
    void anOperatorOpensAServiceForAnHourAndSaysWhy() {
        AccessRequested silent = SampleRequests.by(OLGA, Duration.ofDays(2), SampleRequests.shopDb());
        AccessRequested request = new AccessRequested(silent.requestId(), silent.account(), OLGA, silent.onBehalfOf(), silent.authorizationDetails(),
            silent.duration(), Optional.empty(), Optional.of("incident 4711"), silent.requestDigest(), NOW);
        granted(DecideAccess.decide(request, Policies.compiled(SAMPLES), SERVICES, NOW).next().decided(), "operators-open-for-an-hour",
            Duration.ofHours(1));
        denied(decide(OLGA, SampleRequests.shopDb()));
    }

    @Test
    void nobodyGetsAWildcardOrAThousandPorts() {
        denied(decide(OLGA, SampleRequests.calls("do:droplet:*", "droplet:read")), "nobody-gets-a-whole-type");
        denied(decide(OLGA, SampleRequests.images("do:repository:acme/*", "pull")), "nobody-gets-a-whole-type");
        denied(decide(PORTAL, SampleRequests.opening("shop-db", "8000-9000", "203.0.113.7")), "no-openings-of-many-ports");
    }

    @Test
    void callsAndImagesArePermittedOneResourceAtATime() {
        granted(decide(OLGA, SampleRequests.calls("do:droplet:1", "droplet:read")), "operators-read-account", Duration.ofHours(8));
        denied(decide(OLGA, SampleRequests.calls("do:droplet:1", "droplet:read", "droplet:delete")));
        granted(decide(PORTAL, SampleRequests.calls("do:domain:shop.example", "domain:read", "domain:update")), "client-portal-updates-domain",
            Duration.ofHours(24));
        denied(decide(PORTAL, SampleRequests.calls("do:domain:example.org", "domain:update")));
        denied(decide(PORTAL, SampleRequests.images("do:repository:acme/shop-api", "push")));
        granted(decide(OLGA, SampleRequests.images("do:repository:acme/shop-api", "pull")), "operators-pull-images", Duration.ofHours(8));
        denied(decide(OLGA, SampleRequests.images("do:repository:acme/shop-api", "push")));
    }
}
