// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.token.LogKeys;
import dev.postern.token.upstream.AnswerJson;
import dev.postern.token.upstream.BodyMemory;
import dev.postern.token.upstream.ReadBody;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import org.jboss.logging.Logger;

/** Reads the provider's current state of a resource that a call would replace, so that the call is judged by its changes. */
final class ShownRepresentation {
    private static final Logger LOG = Logger.getLogger(ShownRepresentation.class);

    private ShownRepresentation() {}

    /** The provider has no such thing, or does not show it. */
    static final class NotShown extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int status;

        NotShown(int status) {
            super("status " + status, null, false, false);
            this.status = status;
        }

        /** Returns the status of the provider's answer. */
        int status() {
            return status;
        }
    }

    /**
     * Sends the GET of the call's own path, without the client's headers.
     *
     * @param memory for the answer, beside the body that is held already
     * @return the answer; fails with {@link NotShown} for another status than 200, with {@link UnusableAnswer} if it is no JSON object
     */
    static Future<JsonNode> read(GatewayContext context, Provider provider, BodyMemory.Lease memory, String target) {
        if (!memory.atFirst()) {
            return Future.failedFuture(new BodyMemory.Full());
        }
        return provider.request(HttpMethod.GET, target, false).compose(upstream -> {
            provider.authorize(upstream.headers());
            upstream.headers().set("accept", "application/json");
            upstream.exceptionHandler(heard -> LOG.debugf("Provider connection closed during a read %s%s", LogKeys.REASON, heard.getClass().getSimpleName()));
            Future<JsonNode> shown = upstream.response().compose(response -> {
                provider.hear(response.headers());
                if (response.statusCode() != 200) {
                    return Future.failedFuture(new NotShown(response.statusCode()));
                }
                return ReadBody.down(response, Math.min(ReadBody.UP_BYTES_MAX, context.memory().largest()), memory).compose(body -> {
                    if (!memory.parsed(body.length())) {
                        return Future.failedFuture(new BodyMemory.Full());
                    }
                    return context.offLoop().run(body.length(), () -> AnswerJson.read(body).filter(JsonNode::isObject)
                        .orElseThrow(() -> new UnusableAnswer("it does not have its form")));
                });
            });
            upstream.end();
            return shown.onFailure(unusable -> upstream.reset());
        });
    }
}
