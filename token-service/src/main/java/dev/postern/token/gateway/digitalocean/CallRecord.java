// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.events.ApiCalled.HandedOut;
import dev.postern.token.port.CallJournal;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** Records the end of one call in the journal, once. Confined to the call's event loop. */
final class CallRecord {
    private final CallJournal journal;
    private final CallJournal.Call call;
    private final boolean write;
    private boolean recorded;

    CallRecord(CallJournal journal, CallJournal.Call call, boolean write) {
        this.journal = journal;
        this.call = call;
        this.write = write;
    }

    /** Records a status with which nothing was created or handed out. */
    Future<Void> ended(int status) {
        return ended(status, Optional.empty(), List.of());
    }

    /** Records how the call ended; does nothing if that is on record. */
    Future<Void> ended(int status, Optional<CallJournal.Created> created, List<HandedOut> handsOut) {
        if (recorded) {
            return Future.succeededFuture();
        }
        recorded = true;
        if (write) {
            return journal.ended(call, status, created, handsOut);
        }
        if (!handsOut.isEmpty()) {
            return journal.handsOut(call, status, handsOut);
        }
        journal.read(call, status);
        return Future.succeededFuture();
    }
}
