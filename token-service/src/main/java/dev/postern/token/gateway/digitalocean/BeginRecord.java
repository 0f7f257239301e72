// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.token.port.CallJournal;
import io.vertx.core.Future;

/** Step 7: a write is on record before it is sent. 503 if it cannot be recorded. */
record BeginRecord(CallJournal journal) {
    /** The answer to a call that cannot be recorded. */
    static final CallRefusal UNRECORDED = CallRefusal.unavailable("Postern cannot record calls at the moment.");

    /** Returns the call when it is on record; a read at once. */
    Future<ChargedCall> begin(GatewayCall call, ChargedCall charged) {
        if (!call.operation().write()) {
            return Future.succeededFuture(charged);
        }
        return call.onLoop(journal.begins(call.record(charged.allowed().verdict().resources()))).map(charged)
            .recover(unrecorded -> Future.failedFuture(UNRECORDED));
    }
}
