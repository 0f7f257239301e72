// SPDX-License-Identifier: Apache-2.0
package dev.postern.token;

import dev.postern.events.AuthorizationDetail;
import dev.postern.events.AuthorizationDetail.FirewallOpening;
import dev.postern.events.FirewallChanged.OpeningChange;
import dev.postern.events.ResourceName;
import dev.postern.events.ServiceName;
import dev.postern.events.SourceAddress;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;

/**
 * The openings of one request, each once, in the order of the grant.
 *
 * @param all the openings
 */
public record Openings(List<Opening> all) {
    /** No opening. */
    public static final Openings NONE = new Openings(List.of());

    /** Copies the list. */
    public Openings {
        all = List.copyOf(all);
    }

    /**
     * One opening per source of each {@code firewall_opening} granted. What the firewall already reported (its events travel on another topic and
     * may come before the decision) stays as reported.
     */
    Openings granted(List<AuthorizationDetail> details, Instant at) {
        Map<Opening.Key, Opening> known = byKey();
        Map<Opening.Key, Opening> next = new LinkedHashMap<>();
        for (AuthorizationDetail detail : details) {
            if (detail instanceof FirewallOpening opening) {
                ServiceName service = serviceOf(opening.identifier());
                for (SourceAddress source : opening.sources()) {
                    Opening.Key key = new Opening.Key(service, opening.protocol(), opening.ports(), source);
                    next.put(key, known.getOrDefault(key, Opening.granted(key, at)));
                }
            }
        }
        known.forEach(next::putIfAbsent);
        return new Openings(List.copyOf(next.values()));
    }

    /** The openings after the provider showed other states of some. */
    Openings changed(ServiceName service, long sequence, List<OpeningChange> changes) {
        return changed(service, sequence, changes, Opening::after);
    }

    /** The same once access has ended, at {@code end}: nothing opens any more. */
    Openings changedAfter(Instant end, ServiceName service, long sequence, List<OpeningChange> changes) {
        return changed(service, sequence, changes, Opening::afterEnd).ended(end);
    }

    private Openings changed(ServiceName service, long sequence, List<OpeningChange> changes, BinaryOperator<Opening> after) {
        Map<Opening.Key, Opening> next = byKey();
        for (OpeningChange change : changes) {
            Opening news = Opening.reported(service, sequence, change);
            next.merge(news.key(), news, after);
        }
        return new Openings(List.copyOf(next.values()));
    }

    /** All of them close. */
    Openings ended(Instant at) {
        return new Openings(all.stream().map(opening -> opening.ended(at)).toList());
    }

    /** Returns true if no opening is expected to change once access has ended. */
    boolean settled() {
        return all.stream().allMatch(Opening::settled);
    }

    private Map<Opening.Key, Opening> byKey() {
        Map<Opening.Key, Opening> byKey = new LinkedHashMap<>();
        all.forEach(opening -> byKey.put(opening.key(), opening));
        return byKey;
    }

    private static ServiceName serviceOf(ResourceName identifier) {
        return identifier.service().orElseThrow(() -> new IllegalArgumentException("a firewall_opening names no service"));
    }
}
