// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccountName;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.AuthorizationDetail.FirewallOpening;
import dev.postern.events.ServiceName;
import dev.postern.events.SourceAddress;
import dev.postern.firewall.plan.Access;
import dev.postern.firewall.plan.ProviderLimits;
import dev.postern.firewall.plan.ServiceContent;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Decides which openings a grant has: one per service, protocol, ports and source. */
public final class OpenGrant {
    private OpenGrant() {}

    /** The services that a decision opens; empty for a denial. Entries whose service name is none are left out: there is nobody to tell of them. */
    public static Set<ServiceName> services(AccessDecided event) {
        Set<ServiceName> services = new LinkedHashSet<>();
        for (FirewallOpening entry : entries(event)) {
            service(entry).ifPresent(services::add);
        }
        return services;
    }

    /**
     * The openings of a grant.
     *
     * @param services the services of {@link #services} as they are
     * @param limits   what the provider of each configured account takes
     * @param endedWhy why the request is over already, where it is: the end can come before the decision, on another topic; nothing opens then
     * @param now      when this is decided
     */
    public static List<Opening> decide(AccessDecided event, Map<ServiceName, ProtectedService> services,
                                       Map<AccountName, ProviderLimits> limits, Optional<String> endedWhy, Instant now) {
        Instant validUntil = event.validUntil().orElse(event.decidedAt());
        Optional<String> over = endedWhy.or(() -> validUntil.isAfter(now) ? Optional.empty() : Optional.of("expired"));
        Map<Opening.Granted, Opening> openings = new LinkedHashMap<>();
        for (FirewallOpening entry : entries(event)) {
            Optional<ServiceName> name = service(entry);
            if (name.isEmpty()) {
                continue;
            }
            Optional<ServiceContent> content = Optional.ofNullable(services.get(name.get())).flatMap(ProtectedService::content);
            for (SourceAddress source : entry.sources()) {
                Access access = new Access(entry.protocol(), entry.ports(), source);
                Opening.Granted granted = new Opening.Granted(event.requestId(), name.get(), access, event.decidedAt(), validUntil);
                openings.put(granted, opening(granted, event.account(), content, Optional.ofNullable(limits.get(event.account())), over, now));
            }
        }
        return List.copyOf(openings.values());
    }

    private static Opening opening(Opening.Granted granted, AccountName account, Optional<ServiceContent> content,
                                   Optional<ProviderLimits> limits, Optional<String> over, Instant now) {
        Optional<String> refusal = content.isEmpty()
            ? Optional.of("service-unknown: there is no protected service of this name")
            : content.get().account().equals(account) ? refusal(granted.access(), content.get(), limits)
            : Optional.of("account-differs: the service belongs to another account");
        if (refusal.isPresent()) {
            return new Opening.Refused(granted, now, refusal);
        }
        if (over.isPresent()) {
            return new Opening.Closed(granted, now, over);
        }
        return new Opening.Awaited(granted, now, Optional.empty());
    }

    private static Optional<String> refusal(Access access, ServiceContent content, Optional<ProviderLimits> limits) {
        return content.refusal(access).or(() -> limits.flatMap(known -> known.refusal(access, content)));
    }

    private static List<FirewallOpening> entries(AccessDecided event) {
        return event.outcome() != AccessDecided.Decision.GRANTED ? List.of() : event.authorizationDetails().stream()
            .filter(FirewallOpening.class::isInstance).map(FirewallOpening.class::cast).toList();
    }

    private static Optional<ServiceName> service(AuthorizationDetail entry) {
        try {
            return entry.identifier().service();
        } catch (IllegalArgumentException noName) {
            return Optional.empty();
        }
    }
}
