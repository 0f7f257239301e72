// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.upstream;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.streams.ReadStream;

/** Reads a body into memory, within bounds of size and time. */
public final class ReadBody {
    /** Bytes of a body that must be checked before it is sent. */
    public static final int UP_BYTES_MAX = 1_048_576;
    /** Bytes of an answer that must be read before it is passed on. */
    public static final int DOWN_BYTES_MAX = 16 * 1_048_576;
    private static final long UP_MS_MAX = 30_000;

    private ReadBody() {}

    /** There is more than may be. */
    public static final class TooLarge extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public TooLarge() {
            super("too large", null, false, false);
        }
    }

    /** It did not come in time. */
    public static final class TooSlow extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public TooSlow() {
            super("too slow", null, false, false);
        }
    }

    /** The body of a request, paused until now. Fails with {@link TooLarge}, {@link TooSlow} or {@link BodyMemory.Full}. */
    public static Future<Buffer> up(Vertx vertx, HttpServerRequest request, int most, BodyMemory.Lease memory) {
        Promise<Buffer> promise = Promise.promise();
        long timer = vertx.setTimer(UP_MS_MAX, late -> promise.tryFail(new TooSlow()));
        into(request, most, memory, promise);
        request.resume();
        return promise.future().onComplete(done -> vertx.cancelTimer(timer));
    }

    /** The body of an answer. Fails with {@link TooLarge} or {@link BodyMemory.Full}. */
    public static Future<Buffer> down(ReadStream<Buffer> answer, int most, BodyMemory.Lease memory) {
        Promise<Buffer> promise = Promise.promise();
        into(answer, most, memory, promise);
        return promise.future();
    }

    private static void into(ReadStream<Buffer> stream, int most, BodyMemory.Lease memory, Promise<Buffer> promise) {
        Buffer body = Buffer.buffer();
        stream.handler(part -> {
            if (promise.future().isComplete()) {
                return;
            }
            if (body.length() + part.length() > most) {
                promise.fail(new TooLarge());
            } else if (!memory.gathered(body.length() + part.length())) {
                promise.fail(new BodyMemory.Full());
            } else {
                body.appendBuffer(part);
            }
        });
        stream.exceptionHandler(promise::tryFail);
        stream.endHandler(end -> promise.tryComplete(body));
    }
}
