// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.token.operation.Operation;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Bounds the life of a credential that the provider hands out by the end of the grant. Docker credentials and kubeconfigs take {@code expiry_seconds};
 * without it, or with 0, they live for a week or for ever.
 */
final class BoundedExpiry {
    private static final String EXPIRY = "expiry_seconds";

    private BoundedExpiry() {}

    /** Returns whether the operation hands out a credential whose life the call may choose. */
    static boolean applies(Operation operation) {
        return operation.takesExpiry();
    }

    /**
     * Returns the query to send: the client's, with an expiry that is not after the grant's end.
     *
     * @param left until the grant ends
     */
    static Map<String, List<String>> of(Map<String, List<String>> query, Duration left) {
        long most = Math.max(1, left.toSeconds());
        Map<String, List<String>> bounded = new LinkedHashMap<>(query);
        bounded.put(EXPIRY, List.of(Long.toString(Math.min(most, asked(query.getOrDefault(EXPIRY, List.of()), most)))));
        return bounded;
    }

    /** Returns the seconds in a query that {@link #of} made. */
    static long seconds(Map<String, List<String>> bounded) {
        return Long.parseLong(bounded.get(EXPIRY).get(0));
    }

    /** The seconds that the client asks for; the most where it asks for nothing, for ever, or for what is no number of seconds. */
    private static long asked(List<String> values, long most) {
        return values.size() == 1 && values.get(0).matches("[1-9][0-9]{0,9}") ? Long.parseLong(values.get(0)) : most;
    }
}
