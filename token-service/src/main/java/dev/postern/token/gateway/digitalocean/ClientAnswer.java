// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.token.http1.StrictHttpGuard;
import dev.postern.token.upstream.BodyMemory;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Map;

/** The one answer to a call. It is given once; where the request has not come to its end, the connection ends with it. */
final class ClientAnswer {
    private static final int FORBIDDEN = 403;
    /** Bytes that are written at once. */
    private static final int SLICE_BYTES = 65_536;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final StrictHttpGuard guard;
    private final String publicUrl;
    private final BodyMemory.Lease memory;
    private final String id = ErrorBodies.newId();
    private boolean whole;

    /** @param memory the call's lease; released when the answer was sent, or the client has gone */
    ClientAnswer(HttpServerRequest request, StrictHttpGuard guard, String publicUrl, BodyMemory.Lease memory) {
        this.request = request;
        this.response = request.response();
        this.guard = guard;
        this.publicUrl = publicUrl;
        this.memory = memory;
        response.closeHandler(closed -> memory.free());
        response.endHandler(end -> {
            if (!whole) {
                memory.free();
            }
            guard.answered();
        });
    }

    /** The call's id: {@code x-request-id} of a refusal, {@code call_id} of its event, {@code call} in the log. */
    String id() {
        return id;
    }

    /** Returns true if the client was answered or has gone. */
    boolean isOver() {
        return response.closed() || response.ended() || response.headWritten();
    }

    HttpServerResponse response() {
        return response;
    }

    /** Returns the lease for the body memory of this call. */
    BodyMemory.Lease memory() {
        return memory;
    }

    /** A refusal in the provider's shape. */
    void refuse(int status, String rule, String message) {
        refuse(status, rule, message, Map.of());
    }

    /** The same with headers. */
    void refuse(int status, String rule, String message, Map<String, String> headers) {
        if (isOver()) {
            return;
        }
        headers.forEach(response::putHeader);
        response.setStatusCode(status).putHeader("content-type", ErrorBodies.JSON).putHeader("postern-rule", rule).putHeader("date", ErrorBodies.date())
            .putHeader("x-request-id", id);
        RefusalLog.refused(id, status, rule);
        finish(Buffer.buffer(ErrorBodies.body(status, message)));
    }

    /** A refusal of the pipeline; a 403 has a link to the document of its rule. */
    void refuse(CallRefusal refusal) {
        if (refusal.status() == FORBIDDEN && !isOver()) {
            String document = publicUrl + ProblemDocuments.PATH + refusal.shownRule();
            response.putHeader("link", "<" + document + ">; rel=\"describedby\"; type=\"application/problem+json\"");
        }
        refuse(refusal.status(), refusal.shownRule(), refusal.getMessage(), refusal.headers());
    }

    /** Passes the provider's date on. The library would parse it only to write it again, which costs more than deciding on the call did. */
    void passDate(MultiMap headers) {
        String date = headers.get(HttpHeaders.DATE);
        if (date != null) {
            headers.remove(HttpHeaders.DATE);
            response.headersEndHandler(head -> response.putHeader(HttpHeaders.DATE, date));
        }
    }

    /** Ends the answer with a body; a HEAD gets its length alone. */
    void finish(Buffer body) {
        if (!guard.isWhole()) {
            response.putHeader("connection", "close");
        }
        if (request.method() == io.vertx.core.http.HttpMethod.HEAD) {
            response.putHeader("content-length", Integer.toString(body.length())).end();
        } else {
            // The end is said before the bytes have left: a slow client keeps them here.
            whole = true;
            if (body.length() <= SLICE_BYTES) {
                response.end(body).onComplete(left -> memory.free());
            } else {
                response.putHeader("content-length", Integer.toString(body.length()));
                write(body, 0);
            }
        }
    }

    /** Writes a long body as the client takes it: in one piece it would be copied to a buffer of its own, which holds the event loop for too long. */
    private void write(Buffer body, int from) {
        int at = from;
        while (at < body.length() && !response.closed() && !response.writeQueueFull()) {
            int to = Math.min(at + SLICE_BYTES, body.length());
            response.write(body.slice(at, to));
            at = to;
        }
        if (response.closed()) {
            return;
        }
        int next = at;
        if (next < body.length()) {
            response.drainHandler(drained -> write(body, next));
        } else {
            response.end().onComplete(left -> memory.free());
        }
    }

    /** The answer broke off behind its head: the client must see that it is no whole one. */
    void breakOff() {
        if (!response.closed()) {
            request.connection().close();
        }
    }
}
