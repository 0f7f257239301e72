package dev.postern.token.gateway.digitalocean;

import dev.postern.token.http1.StrictHttpGuard;
import dev.postern.token.upstream.BodyMemory;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Map;
import java.util.Optional;

/** The one answer to a call. It is given once; where the request has not come to its end, the connection ends with it. */
final class ClientAnswer {
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final StrictHttpGuard front;
    private final String publicUrl;
    private final BodyMemory.Lease memory;
    private final String id = ErrorBodies.newId();
    private boolean whole;

    /** @param memory the call's lease; released when the answer was sent, or the client has gone */
    ClientAnswer(HttpServerRequest request, StrictHttpGuard front, String publicUrl, BodyMemory.Lease memory) {
        this.request = request;
        this.response = request.response();
        this.front = front;
        this.publicUrl = publicUrl;
        this.memory = memory;
        response.closeHandler(closed -> memory.free());
        response.endHandler(end -> {
            if (!whole) {
                memory.free();
            }
            front.answered();
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

    /** 403: the token does not cover it, and what would. */
    void forbid(String rule, String message, Optional<String> missingScope, Optional<String> missingResource) {
        if (isOver()) {
            return;
        }
        missingScope.ifPresent(scope -> response.putHeader("postern-missing-scope", scope));
        missingResource.ifPresent(resource -> response.putHeader("postern-missing-resource", resource));
        String document = "<" + publicUrl + ProblemDocuments.PATH + rule + ">; rel=\"describedby\"; type=\"application/problem+json\"";
        refuse(403, rule, message, Map.of("link", document));
    }

    /** Passes the provider's date on. The library would parse it only to write it again, which costs more than deciding on the call did. */
    void passDate(MultiMap headers) {
        String date = headers.get(HttpHeaders.DATE);
        if (date != null) {
            headers.remove(HttpHeaders.DATE);
            response.headersEndHandler(head -> response.putHeader(HttpHeaders.DATE, date));
        }
    }

    /** Answers 503: a service behind the gateway is unavailable. */
    void unavailable(String message) {
        refuse(503, "unavailable", message, Map.of("retry-after", "2"));
    }

    /** Ends the answer with a body; a HEAD gets its length alone. */
    void finish(Buffer body) {
        if (!front.isWhole()) {
            response.putHeader("connection", "close");
        }
        if (request.method() == io.vertx.core.http.HttpMethod.HEAD) {
            response.putHeader("content-length", Integer.toString(body.length())).end();
        } else {
            // The end is said before the bytes have left: a slow client keeps them here.
            whole = true;
            response.end(body).onComplete(left -> memory.free());
        }
    }

    /** The answer broke off behind its head: the client must see that it is no whole one. */
    void breakOff() {
        if (!response.closed()) {
            request.connection().close();
        }
    }
}
