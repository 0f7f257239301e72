// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.port;

import dev.postern.events.ApiCalled.HandedOut;
import dev.postern.events.ResourceName;
import dev.postern.token.operation.OperationId;
import dev.postern.token.status.LiveGrant;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Tells of calls in {@code api-called} events: every refusal, every write and every read that hands out a credential one by one, other reads counted per
 * token and minute. Never a body. Calls
 * without a live token are not recorded: they have no token id (the gateway counts them in a metric).
 */
public interface CallJournal {
    /**
     * A call with a live token.
     *
     * @param id        a UUID that the gateway makes for it
     * @param grant     the token's
     * @param operation the operation; empty where none matched
     * @param resources what it names
     * @param at        when it came
     * @param deletes   the resource that its success deletes; then no grant owns it as created any more
     */
    record Call(String id, LiveGrant grant, Optional<OperationId> operation, List<ResourceName> resources, Instant at, Optional<ResourceName> deletes) {
        private static final int NOT_FOUND = 404;

        /** Copies the list. */
        public Call {
            resources = List.copyOf(resources);
        }

        /** A call that deletes nothing. */
        public Call(String id, LiveGrant grant, Optional<OperationId> operation, List<ResourceName> resources, Instant at) {
            this(id, grant, operation, resources, at, Optional.empty());
        }

        /** The resource that is gone after an answer with this status; empty if it may still be there. */
        public Optional<ResourceName> gone(int status) {
            return deletes.filter(resource -> status / 100 == 2 || status == NOT_FOUND);
        }
    }

    /**
     * The resources that a call created, to be added to the grant.
     *
     * @param entry     index of the entry with {@code own_created}
     * @param resources the new resources
     */
    record Created(int entry, Set<ResourceName> resources) {
        /** Copies the set. */
        public Created {
            resources = Set.copyOf(resources);
        }
    }

    /**
     * Records a refusal before the client is answered. Completes when it is durable.
     *
     * @param status that the client is about to get
     * @param rule   which refused it
     * @return fails ({@link Unrecorded}) if it cannot be recorded: the client gets 503 instead
     */
    Future<Void> refused(Call call, int status, String rule);

    /**
     * A write that is about to go to the provider. Send it when this has completed, not before: so a write leaves a trace even if this process ends in
     * the middle of it.
     *
     * @return fails ({@link Unrecorded}) if it cannot be recorded: the client gets 503, and the provider nothing
     */
    Future<Void> begins(Call call);

    /**
     * Records the end of a write. Wait for it before answering the client if something was created; otherwise there is no need to.
     *
     * @param status  that the client gets
     * @param created what became part of the grant
     * @param handsOut the credentials that the client gets; wait for the record before it gets them
     * @return completes when it is durable, and what was created is part of the grant on this instance. If PostgreSQL is away it is tried again until it
     *     is recorded
     */
    Future<Void> ended(Call call, int status, Optional<Created> created, List<HandedOut> handsOut);

    /** A read that went to the provider. Counted in memory, published each minute and at the end of the process. */
    void read(Call call, int status);

    /**
     * Records a read whose answer holds credentials, by itself and before the client gets them.
     *
     * @param handsOut the credentials; at least one
     * @return completes when it is durable; fails ({@link Unrecorded}) if it cannot be recorded: the client gets 503 and no credential
     */
    Future<Void> handsOut(Call call, int status, List<HandedOut> handsOut);

    /** It could not be recorded. */
    final class Unrecorded extends RuntimeException {
        private static final long serialVersionUID = 1;

        /** @param cause what went wrong; null if too many wait */
        public Unrecorded(Throwable cause) {
            super("a call could not be recorded", cause, false, false);
        }
    }
}
