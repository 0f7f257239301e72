// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.operation;

import java.util.Map;
import java.util.Set;

/** The result of matching a method and path against the operations. */
public sealed interface Match {
    /**
     * Exactly one operation.
     *
     * @param operation  which
     * @param parameters path parameter → value, decoded
     */
    record Found(Operation operation, Map<String, String> parameters) implements Match {
        /** Copies the map. */
        public Found {
            parameters = Map.copyOf(parameters);
        }
    }

    /**
     * The path is known, with other methods.
     *
     * @param allowed those (for the Allow header)
     */
    record MethodNotAllowed(Set<String> allowed) implements Match {
        /** Copies the set. */
        public MethodNotAllowed {
            allowed = Set.copyOf(allowed);
        }
    }

    /** No operation has this path. */
    record Unknown() implements Match {}
}
