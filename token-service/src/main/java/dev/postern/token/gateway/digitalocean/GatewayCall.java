// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.events.ResourceName;
import dev.postern.token.TokenSecret;
import dev.postern.token.http1.RequestHead;
import dev.postern.token.http1.StrictHttpGuard;
import dev.postern.token.operation.Match;
import dev.postern.token.operation.Operation;
import dev.postern.token.port.CallJournal;
import dev.postern.token.status.LiveGrant;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One call on its way through {@link GatewayPipeline}: what came, who answers, and what its steps have found out so far. Confined to one event loop. */
final class GatewayCall {
    private final Context loop;
    private final HttpServerRequest request;
    private final StrictHttpGuard guard;
    private final RequestHead head;
    private final ClientAnswer answer;
    private final Instant at = Instant.now();
    private TokenSecret token;
    private LiveGrant grant;
    private Match.Found found;
    private Map<String, List<String>> query;

    GatewayCall(Context loop, HttpServerRequest request, StrictHttpGuard guard, ClientAnswer answer) {
        this.loop = loop;
        this.request = request;
        this.guard = guard;
        this.head = guard.head();
        this.answer = answer;
    }

    HttpServerRequest request() {
        return request;
    }

    StrictHttpGuard guard() {
        return guard;
    }

    RequestHead head() {
        return head;
    }

    ClientAnswer answer() {
        return answer;
    }

    /** Returns when the call came. */
    Instant at() {
        return at;
    }

    /** Notes the token and what it opens; again when it was looked up again. */
    void verified(TokenSecret secret, LiveGrant live) {
        token = secret;
        grant = live;
        answer.memory().belongsTo(live.tokenId(), live.owner());
    }

    TokenSecret token() {
        return token;
    }

    /** Returns the grant; null before the token is verified. */
    LiveGrant grant() {
        return grant;
    }

    /** Notes the operation. @param values of the query, by name */
    void matched(Match.Found one, Map<String, List<String>> values) {
        found = one;
        query = values;
    }

    Match.Found found() {
        return found;
    }

    Operation operation() {
        return found.operation();
    }

    Map<String, List<String>> query() {
        return query;
    }

    /** Returns the call as the journal has it, with what is known so far. */
    CallJournal.Call record(List<ResourceName> resources) {
        Optional<ResourceName> deletes = Optional.ofNullable(found).flatMap(one -> one.operation().deletes())
            .flatMap(place -> resources.stream().filter(resource -> resource.type().equals("do:" + place.type())).findFirst());
        return new CallJournal.Call(answer.id(), grant, Optional.ofNullable(found).map(one -> one.operation().id()), TokenForm.hide(resources), at, deletes);
    }

    /** Brings a result to this call's event loop; at once if it is there already. */
    <T> Future<T> onLoop(Future<T> result) {
        if (result.isComplete()) {
            return result.succeeded() ? Future.succeededFuture(result.result()) : Future.failedFuture(result.cause());
        }
        Promise<T> here = Promise.promise();
        result.onComplete(done -> loop.runOnContext(now -> here.handle(done)));
        return here.future();
    }
}
