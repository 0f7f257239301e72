// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.token.http1.RequestHead;
import dev.postern.token.operation.Match;
import dev.postern.token.operation.Operation;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A call that was allowed, as it is sent to the provider.
 *
 * @param body     the tree that was checked; it is written again, so that nothing else is sent
 * @param streamed true if the client's body is forwarded unread
 * @param target   at the provider
 */
record CheckedCall(Match.Found found, RequestHead head, Map<String, List<String>> query, Optional<JsonNode> body, boolean streamed, String target) {
    CheckedCall(Match.Found found, RequestHead head, Map<String, List<String>> query, Optional<JsonNode> body, boolean streamed) {
        this(found, head, query, body, streamed, UpstreamTarget.of(found.operation(), found.parameters(), query));
    }

    Operation operation() {
        return found.operation();
    }
}
