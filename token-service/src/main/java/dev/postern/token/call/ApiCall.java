// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.events.SourceAddress;
import dev.postern.token.operation.Operation;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A call, normalised and matched. What is decided on is what is sent: the gateway builds the upstream request from these values.
 *
 * @param operation     the one that matched
 * @param method        the client's method; HEAD for a GET operation
 * @param parameters    path parameter → value, decoded once
 * @param query         query parameter → values, decoded once, in the order of the call
 * @param body          the parsed body (duplicate members refused before); empty if there is none
 * @param clientAddress where the caller is
 */
public record ApiCall(Operation operation, String method, Map<String, String> parameters, Map<String, List<String>> query,
                      Optional<JsonNode> body, SourceAddress clientAddress) {
    /** Copies the maps. */
    public ApiCall {
        parameters = Map.copyOf(parameters);
        Map<String, List<String>> copy = new LinkedHashMap<>();
        query.forEach((name, values) -> copy.put(name, List.copyOf(values)));
        query = Collections.unmodifiableMap(copy);
    }
}
