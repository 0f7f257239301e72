// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall;

import static dev.postern.firewall.Examples.ACME;
import static dev.postern.firewall.Examples.LATER;
import static dev.postern.firewall.Examples.NOW;
import static dev.postern.firewall.Examples.SHOP;
import static dev.postern.firewall.Examples.content;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccessDecided.Decision;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.AuthorizationDetail.FirewallOpening;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.events.PolicyId;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.Requester;
import dev.postern.events.ResourceName;
import dev.postern.events.ServiceName;
import dev.postern.events.SourceAddress;
import dev.postern.firewall.plan.ProviderLimits;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which openings a grant has. */
class OpenGrantTest {
    private static final Map<ServiceName, ProtectedService> PROTECTED = Map.of(SHOP, new ProtectedService.Protected(SHOP, 1, content("5432", "8000-9000"),
        "olga", NOW));
    private static final Map<AccountName, ProviderLimits> LIMITS = Map.of(ACME, ProviderLimits.DIGITALOCEAN);

    @Test
    void aGrantHasOneOpeningPerSource() {
        assertThat(decide(granted(ACME, opening("5432", "203.0.113.7", "2001:db8::1"))))
            .extracting(opening -> opening.granted().access().toString()).containsExactly("tcp 5432 from 203.0.113.7", "tcp 5432 from 2001:db8::1");
    }

    @Test
    void accessGrantedTwiceInOneGrantIsOneOpening() {
        assertThat(decide(granted(ACME, opening("5432", "203.0.113.7"), opening("5432", "203.0.113.7")))).hasSize(1);
    }

    @Test
    void aDenialHasNone() {
        AccessDecided denied = decision(Decision.DENIED, ACME, Optional.empty(), opening("5432", "203.0.113.7"));
        assertThat(OpenGrant.decide(denied, PROTECTED, LIMITS, Optional.empty(), NOW)).isEmpty();
        assertThat(OpenGrant.services(denied)).isEmpty();
    }

    @Test
    void otherKindsOfAccessAreNotOurs() {
        AuthorizationDetail api = new AuthorizationDetail.DigitalOceanApi(new ResourceName("do:droplet:1"), List.of("droplet:read"), Optional.empty());
        assertThat(decide(granted(ACME, api))).isEmpty();
    }

    @Test
    void aPartOfARangeThatIsOfferedCanBeOpened() {
        assertThat(decide(granted(ACME, opening("8080", "203.0.113.7")))).extracting(Opening::state).containsExactly(OpeningState.OPENING);
    }

    @Test
    void openingThatCannotBeMadeFailsWithAReason() {
        assertThat(why(granted(ACME, opening("5433", "203.0.113.7")))).startsWith("port-not-offered");
        assertThat(why(granted(ACME, opening("8999-9001", "203.0.113.7")))).startsWith("port-not-offered");
        assertThat(why(granted(ACME, opening("5432", "10.0.0.1")))).startsWith("source-not-public");
        assertThat(why(granted(ACME, opening("5432", "203.0.112.0/23")))).startsWith("source-too-wide");
        assertThat(why(granted(ACME, opening("5432", "2001:db8::/63")))).startsWith("source-too-wide");
        assertThat(why(granted(new AccountName("other"), opening("5432", "203.0.113.7")))).startsWith("account-differs");
        Opening unknown = OpenGrant.decide(granted(ACME, opening("5432", "203.0.113.7")), Map.of(), LIMITS, Optional.empty(), NOW).get(0);
        assertThat(unknown).isInstanceOf(Opening.Refused.class);
        assertThat(unknown.detail().orElseThrow()).startsWith("service-unknown");
    }

    @Test
    void aServiceThatWasTakenAwayOpensNothing() {
        Map<ServiceName, ProtectedService> gone = Map.of(SHOP, new ProtectedService.Unprotected(SHOP, 2, Optional.of(ACME)));
        assertThat(OpenGrant.decide(granted(ACME, opening("5432", "203.0.113.7")), gone, LIMITS, Optional.empty(), NOW))
            .allMatch(Opening.Refused.class::isInstance);
    }

    @Test
    void grantThatEndedBeforeItBeganIsClosed() {
        assertThat(OpenGrant.decide(granted(ACME, opening("5432", "203.0.113.7")), PROTECTED, LIMITS, Optional.of("revoked"), NOW)).singleElement()
            .isInstanceOf(Opening.Closed.class).extracting(Opening::detail).isEqualTo(Optional.of("revoked"));
        assertThat(OpenGrant.decide(granted(ACME, opening("5432", "203.0.113.7")), PROTECTED, LIMITS, Optional.empty(), LATER)).singleElement()
            .isInstanceOf(Opening.Closed.class).extracting(Opening::detail).isEqualTo(Optional.of("expired"));
    }

    @Test
    void aListOpensNothingThatItCouldOnlyHoldWider() {
        Map<AccountName, ProviderLimits> list = Map.of(ACME, ProviderLimits.CLOUDFLARE);
        Map<ServiceName, ProtectedService> web = Map.of(SHOP, new ProtectedService.Protected(SHOP, 1, content("8000-9000"), "olga", NOW));
        assertThat(OpenGrant.decide(granted(ACME, opening("8000-9000", "203.0.113.7", "2001:db8::/64")), web, list, Optional.empty(), NOW))
            .allMatch(Opening.Awaited.class::isInstance);
        for (FirewallOpening narrow : List.of(opening("8000-9000", "2001:db8::1"), opening("8000-9000", "2001:db8::/65"), opening("8080", "203.0.113.7"))) {
            assertThat(OpenGrant.decide(granted(ACME, narrow), web, list, Optional.empty(), NOW)).as(narrow.toString()).singleElement()
                .isInstanceOf(Opening.Refused.class);
        }
    }

    private static List<Opening> decide(AccessDecided event) {
        return OpenGrant.decide(event, PROTECTED, LIMITS, Optional.empty(), NOW);
    }

    private static String why(AccessDecided event) {
        assertThat(decide(event)).singleElement().isInstanceOf(Opening.Refused.class);
        return decide(event).get(0).detail().orElseThrow();
    }

    private static FirewallOpening opening(String ports, String... sources) {
        return new FirewallOpening(ResourceName.of(SHOP), Protocol.TCP, PortRange.of(ports), Arrays.stream(sources).map(SourceAddress::new).toList());
    }

    private static AccessDecided granted(AccountName account, AuthorizationDetail... details) {
        return decision(Decision.GRANTED, account, Optional.of(LATER), details);
    }

    private static AccessDecided decision(Decision outcome, AccountName account, Optional<Instant> validUntil, AuthorizationDetail... details) {
        return new AccessDecided(new AccessRequestId(UUID.nameUUIDFromBytes("r".getBytes())), account,
            new Requester(Requester.Kind.PORTAL, "portal", "client-portal", List.of()), Optional.empty(), outcome, List.of(details), List.of(), validUntil,
            List.of(new PolicyId("p")), 1, List.of(), "a".repeat(64), Optional.empty(), NOW);
    }
}
