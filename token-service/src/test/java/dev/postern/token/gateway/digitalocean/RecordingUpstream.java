// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Stands where the provider stands, and keeps everything that arrives. */
final class RecordingUpstream implements AutoCloseable {
    /** The account's wide credential. */
    static final String CREDENTIAL = "dop_v1_recorded_upstream";
    /** A header of a reply: so many bytes are made while they are sent. */
    static final String STREAMED = "x-streamed";
    /** In a streamed reply's body: here come bytes, elements of a list of Droplets. */
    static final char FILL = '…';
    /** A status: the call has arrived, and the connection ends without an answer. */
    static final int HANGS_UP = -1;
    private static final int PART_BYTES = 65_536;
    private static final Buffer PART = elements();
    private static final int BODY_KEPT_MAX = 65_536;
    private final List<Arrived> arrived = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private volatile Function<Arrived, Reply> replies = call -> new Reply(200, Map.of(), "{\"ok\":true}");

    /** One call: {@code body} is cut after 64 KiB, {@code bodyBytes} is all of it. */
    record Arrived(String method, String uri, Map<String, String> headers, String body, long bodyBytes) {}

    /** The provider's answer. */
    record Reply(int status, Map<String, String> headers, String body) {}

    RecordingUpstream(Vertx vertx) throws Exception {
        server = vertx.createHttpServer(new HttpServerOptions().setMaxInitialLineLength(65_536).setMaxHeaderSize(65_536)).requestHandler(this::receive)
            .listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get();
    }

    String url() {
        return "http://127.0.0.1:" + server.actualPort();
    }

    List<Arrived> arrived() {
        return arrived;
    }

    void forget() {
        arrived.clear();
    }

    void answers(Function<Arrived, Reply> how) {
        replies = how;
    }

    private void receive(HttpServerRequest request) {
        Buffer body = Buffer.buffer();
        long[] bytes = {0};
        request.handler(part -> {
            bytes[0] += part.length();
            if (body.length() < BODY_KEPT_MAX) {
                body.appendBuffer(part);
            }
        });
        request.endHandler(end -> {
            Map<String, String> headers = new HashMap<>();
            request.headers().forEach((name, value) -> headers.merge(name.toLowerCase(Locale.ROOT), value, (one, two) -> one + "\n" + two));
            Arrived call = new Arrived(request.method().name(), request.uri(), headers, body.toString(), bytes[0]);
            arrived.add(call);
            Reply reply = replies.apply(call);
            if (reply.status() == HANGS_UP) {
                request.connection().close();
                return;
            }
            reply.headers().forEach(request.response()::putHeader);
            if (reply.headers().containsKey(STREAMED)) {
                String[] around = reply.body().split(String.valueOf(FILL), 2);
                long length = Long.parseLong(reply.headers().get(STREAMED));
                request.response().putHeader("content-length", Long.toString(length + reply.body().length() - (around.length - 1)));
                if (around.length == 2) {
                    request.response().write(around[0]);
                }
                stream(request, length, around.length == 2 ? around[1] : "");
            } else if (reply.status() == 204) {
                request.response().setStatusCode(204).end();
            } else {
                request.response().setStatusCode(reply.status()).putHeader("content-type", "application/json").end(reply.body());
            }
        });
    }

    private static void stream(HttpServerRequest request, long left, String end) {
        long rest = left;
        while (rest > 0 && !request.response().writeQueueFull()) {
            int part = (int) Math.min(rest, PART.length());
            request.response().write(part == PART.length() ? PART : PART.slice(0, part));
            rest -= part;
        }
        long then = rest;
        if (then == 0) {
            request.response().end(end);
        } else {
            request.response().drainHandler(drained -> stream(request, then, end));
        }
    }

    private static Buffer elements() {
        StringBuilder part = new StringBuilder();
        String one = "{\"id\":7,\"name\":\"shop-web-7\",\"memory\":1024,\"vcpus\":1,\"locked\":false,\"region\":{\"slug\":\"fra1\",\"sizes\":[\"s-1vcpu-1gb\"]},\"tags\":[\"shop\"]},";
        while (part.length() + one.length() <= PART_BYTES) {
            part.append(one);
        }
        return Buffer.buffer(part.append(" ".repeat(PART_BYTES - part.length())).toString());
    }

    @Override
    public void close() {
        server.close();
    }
}
