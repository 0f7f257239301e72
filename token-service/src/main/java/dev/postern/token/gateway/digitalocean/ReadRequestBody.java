// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.token.call.CallVerdict;
import dev.postern.token.http1.MediaTypes;
import dev.postern.token.operation.Operation;
import dev.postern.token.operation.Place;
import dev.postern.token.upstream.BodyMemory;
import dev.postern.token.upstream.ReadBody;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.Map;

/** Step 3: a body that must be checked is read whole, within bounds of size, time and memory. 400, 408, 411, 413, 415; 503 without memory. */
record ReadRequestBody(Vertx vertx) {
    private static final Future<RequestBody> NONE = Future.succeededFuture(new RequestBody.None());
    private static final Future<RequestBody> STREAMED = Future.succeededFuture(new RequestBody.Streamed());
    private static final Map<String, String> ACCEPT_JSON = Map.of("accept", "application/json");

    /** The client went before its body was whole: nobody is there to be answered. */
    static final class ClientGone extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ClientGone() {
            super("the client has gone", null, false, false);
        }
    }

    /** Returns the body. */
    Future<RequestBody> read(GatewayCall call) {
        if (!call.head().hasBody()) {
            return NONE;
        }
        long length = call.head().contentLength();
        if (!call.operation().takesBody()) {
            return silent(call, length);
        }
        if (!MediaTypes.isPlainJson(call.head())) {
            return refused(415, "media-type", "The body must be application/json in UTF-8, and not compressed.", ACCEPT_JSON);
        }
        if (length > ReadBody.UP_BYTES_MAX) {
            return isUnchecked(call) ? STREAMED : refused(413, "large-body", "The body of this call is checked, and may have 1 MiB.", Map.of());
        }
        return whole(call, ReadBody.UP_BYTES_MAX).compose(bytes -> checked(call, bytes), why -> Future.failedFuture(why instanceof ReadBody.TooLarge
            ? tooLarge(call) : why));
    }

    /** A body where none belongs is read to its end, and dropped if it says nothing. */
    private Future<RequestBody> silent(GatewayCall call, long length) {
        CallRefusal unexpected = CallRefusal.of(400, CallVerdict.Rule.UNEXPECTED_BODY.word(), "No body belongs to this call; send none, or {}.");
        if (length > SilentBody.BYTES_MAX) {
            return Future.failedFuture(unexpected);
        }
        return whole(call, SilentBody.BYTES_MAX).compose(bytes -> SilentBody.is(bytes.getBytes()) ? NONE : Future.failedFuture(unexpected),
            why -> Future.failedFuture(why instanceof ReadBody.TooLarge ? unexpected : why));
    }

    private static Future<RequestBody> checked(GatewayCall call, Buffer bytes) {
        if (SilentBody.isNoBody(bytes.getBytes())) {
            return NONE;
        }
        if (call.head().header("content-type") == null) {
            return refused(415, "media-type", "The body must be application/json in UTF-8.", ACCEPT_JSON);
        }
        return call.answer().memory().parsed(bytes.length()) ? Future.succeededFuture(new RequestBody.Whole(bytes))
            : Future.failedFuture(CallRefusal.noMemory("body"));
    }

    /** Returns the bytes; fails with {@link ReadBody.TooLarge}, {@link ClientGone} or a refusal, also of what the guard finds in the bytes. */
    private Future<Buffer> whole(GatewayCall call, int most) {
        Promise<Buffer> promise = Promise.promise();
        call.guard().onBadBody(bad -> promise.tryFail(CallRefusal.of(bad.status(), bad.rule(), bad.message())));
        if (call.head().expectsContinue()) {
            call.answer().response().writeContinue();
        }
        ReadBody.up(vertx, call.request(), most, call.answer().memory()).onComplete(came -> {
            if (came.succeeded()) {
                promise.tryComplete(came.result());
            } else {
                promise.tryFail(reason(came.cause()));
            }
        });
        return call.onLoop(promise.future()).onComplete(came -> call.guard().onBadBody(null));
    }

    private static Throwable reason(Throwable why) {
        return why instanceof ReadBody.TooLarge ? why
            : why instanceof ReadBody.TooSlow ? CallRefusal.of(408, "slow-body", "The body did not come in time.")
            : why instanceof BodyMemory.Full ? CallRefusal.noMemory("body") : new ClientGone();
    }

    private static CallRefusal tooLarge(GatewayCall call) {
        return isUnchecked(call) ? CallRefusal.of(411, "large-body", "The body of this call may have 1 MiB unless Content-Length says how long it is.")
            : CallRefusal.of(413, "large-body", "The body of this call may have 1 MiB.");
    }

    /** Returns true if the body needs no check: the operation names no resource in it, and no entry of the grant has a schema for it. */
    private static boolean isUnchecked(GatewayCall call) {
        Operation operation = call.operation();
        return operation.places().stream().noneMatch(place -> place.in() == Place.In.BODY) && operation.parts().isEmpty() && !call.grant().checksBodies();
    }

    private static <T> Future<T> refused(int status, String rule, String message, Map<String, String> headers) {
        return Future.failedFuture(CallRefusal.of(status, rule, message, headers));
    }
}
