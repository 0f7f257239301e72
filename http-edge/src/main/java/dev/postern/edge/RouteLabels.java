// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Keeps paths out of metric labels. What is refused before it reaches a route, as by Keycloak's enforcer or for a malformed credential, would be labelled
 * with its whole path otherwise: names of customers, and a new series for each.
 */
@Singleton
public class RouteLabels {
    static final String UNKNOWN = "UNKNOWN";
    private static final String SERVED = "http.server.requests";
    private static final String URI = "uri";
    /** Micrometer's own, for what fits no route. */
    private static final Set<String> OTHERS = Set.of("NOT_FOUND", "REDIRECTION", "root", "/", UNKNOWN);

    /** Replaces a path that is no route's template. */
    @Produces
    @Singleton
    MeterFilter routesOnly(Routes routes) {
        Set<String> templates = routes.all().stream().map(Routes.Route::template).collect(Collectors.toSet());
        return new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                String uri = id.getTag(URI);
                return !id.getName().startsWith(SERVED) || uri == null || OTHERS.contains(uri) || templates.contains(uri)
                    ? id : id.replaceTags(Tags.concat(id.getTagsAsIterable(), URI, UNKNOWN));
            }
        };
    }
}
