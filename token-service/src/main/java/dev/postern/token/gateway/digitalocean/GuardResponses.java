// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.token.gateway.digitalocean.CallOutcomes.Outcome;
import dev.postern.token.http1.GuardRefusals;
import dev.postern.token.http1.Refusal;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/** Refusals of the guard in DigitalOcean's shape. */
record GuardResponses(CallOutcomes outcomes) implements GuardRefusals {
    @Override
    public void count(Refusal refusal) {
        outcomes.count(Outcome.MALFORMED);
    }

    @Override
    public byte[] response(Refusal refusal) {
        byte[] body = ErrorBodies.body(refusal.status(), refusal.message()).getBytes(StandardCharsets.UTF_8);
        String id = ErrorBodies.newId();
        RefusalLog.refused(id, refusal.status(), refusal.rule());
        String head = "HTTP/1.1 " + refusal.status() + " " + ErrorBodies.phrase(refusal.status()) + "\r\ncontent-type: " + ErrorBodies.JSON
            + "\r\ncontent-length: " + body.length + "\r\npostern-rule: " + refusal.rule() + "\r\ndate: " + ErrorBodies.date() + "\r\nx-request-id: " + id
            + "\r\nconnection: close\r\n\r\n";
        return Buffer.buffer(head.getBytes(StandardCharsets.ISO_8859_1)).appendBytes(body).getBytes();
    }
}
