// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.token.http1.RequestTarget;
import dev.postern.token.operation.Operation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Reads the query of a call for its operation. */
final class QueryParameters {
    /** Parameters of the provider's API that are lists; any other may occur once. */
    private static final Set<String> LISTS = Set.of("deployment_types", "job_names", "event_types", "statuses", "candidate_types", "usecases");
    /** Parameters that some clients send with every call; they are dropped where they say nothing, and where there is no paging. */
    private static final Set<String> PAGING = Set.of("page", "per_page");

    private QueryParameters() {}

    /** Returns the values by name, in their order; null if a single-valued parameter is repeated. */
    static Map<String, List<String>> of(List<RequestTarget.Parameter> parameters, Operation operation) {
        if (parameters.isEmpty()) {
            return Map.of();
        }
        Map<String, List<String>> query = new LinkedHashMap<>();
        for (RequestTarget.Parameter parameter : parameters) {
            if (PAGING.contains(parameter.name()) && (parameter.value().isEmpty() || !operation.query().contains(parameter.name()))) {
                continue;
            }
            List<String> one = List.of(parameter.value());
            List<String> earlier = query.putIfAbsent(parameter.name(), one);
            if (earlier != null) {
                if (!LISTS.contains(parameter.name())) {
                    return null;
                }
                query.put(parameter.name(), Stream.concat(earlier.stream(), one.stream()).toList());
            }
        }
        return query;
    }
}
