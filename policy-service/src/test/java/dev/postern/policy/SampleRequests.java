// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import dev.postern.events.AccessRequestId;
import dev.postern.events.AccessRequested;
import dev.postern.events.AccountName;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.Requester;
import dev.postern.events.ResourceName;
import dev.postern.events.ServiceName;
import dev.postern.events.ServiceProtected;
import dev.postern.events.SourceAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** Sample access requests. */
public final class SampleRequests {
    public static final AccountName ACME = new AccountName("acme");
    public static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    public static final Requester PORTAL = new Requester(Requester.Kind.PORTAL, "sub-of-client-portal", "client-portal", List.of("requester"));
    public static final Requester SECOND_PORTAL = new Requester(Requester.Kind.PORTAL, "sub-of-second", "second-portal", List.of("requester"));
    public static final Requester OLGA = new Requester(Requester.Kind.PERSON, "sub-of-olga", "operator-console", List.of("operator", "requester"));
    public static final ServiceProtected SHOP_DB = service("shop-db", 1);
    public static final Map<ServiceName, ServiceProtected> SERVICES = Map.of(SHOP_DB.service(), SHOP_DB);

    private SampleRequests() {}

    public static ServiceProtected service(String name, long version) {
        return new ServiceProtected(new ServiceName(name), version, ACME, Optional.of("shop"), new ServiceProtected.Attachment(List.of("db"), List.of()),
            List.of(new ServiceProtected.ServicePort(Protocol.TCP, PortRange.of("5432")),
                new ServiceProtected.ServicePort(Protocol.TCP, PortRange.of("8000-9000"))),
            ServiceProtected.SourceRules.DEFAULT, false, "sub-of-olga", NOW, Optional.of("operator-console"));
    }

    public static AuthorizationDetail opening(String service, String ports, String... sources) {
        return new AuthorizationDetail.FirewallOpening(new ResourceName("service:" + service), Protocol.TCP, PortRange.of(ports),
            Stream.of(sources).map(SourceAddress::new).toList());
    }

    public static AuthorizationDetail shopDb() {
        return opening("shop-db", "5432", "203.0.113.7");
    }

    public static AuthorizationDetail calls(String resource, String... scopes) {
        return new AuthorizationDetail.DigitalOceanApi(new ResourceName(resource), List.of(scopes), Optional.empty());
    }

    public static AuthorizationDetail images(String repository, String... actions) {
        return new AuthorizationDetail.ContainerRegistry(new ResourceName(repository), List.of(actions));
    }

    public static AccessRequested by(Requester requester, Duration duration, AuthorizationDetail... details) {
        return new AccessRequested(new AccessRequestId(UUID.randomUUID()), ACME, requester, Optional.of("customer-17"), List.of(details), duration,
            Optional.empty(), Optional.empty(), "ab".repeat(32), NOW);
    }

    public static AccessRequested byPortal(AuthorizationDetail... details) {
        return by(PORTAL, Duration.ofHours(1), details);
    }
}
