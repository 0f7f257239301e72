// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;

/** Sends a body byte by byte. Ends when the other side goes. */
final class Trickling {
    private final HttpServerResponse response;
    private final byte[] body;
    private int sent;

    private Trickling(HttpServerResponse response, byte[] body) {
        this.response = response;
        this.body = body;
    }

    static void start(Vertx vertx, HttpServerResponse response, byte[] body, long perByteMilliseconds) {
        Trickling trickling = new Trickling(response, body);
        response.putHeader("content-length", Integer.toString(body.length));
        long timer = vertx.setPeriodic(perByteMilliseconds, id -> {
            if (!trickling.next()) {
                vertx.cancelTimer(id);
            }
        });
        response.closeHandler(gone -> vertx.cancelTimer(timer));
    }

    private boolean next() {
        if (response.closed() || response.ended()) {
            return false;
        }
        if (sent < body.length) {
            response.write(Buffer.buffer(new byte[] {body[sent++]}));
        }
        if (sent == body.length) {
            response.end();
            return false;
        }
        return true;
    }
}
