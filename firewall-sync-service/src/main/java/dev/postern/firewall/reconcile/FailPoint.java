// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.ServiceName;
import io.smallrye.mutiny.Uni;

/** Ends a run between two of its steps, as a crash would. Tests use it to walk the crash table of DESIGN.md. */
public interface FailPoint {
    /** The step that a run has just completed. */
    enum Step {
        /** Openings, objects and the service were read. */
        LOADED,
        /** The provider's state was read. */
        OBSERVED,
        /** Drift was noted. */
        DRIFT_NOTED,
        /** It was noted that an object is about to be made. */
        CREATING_NOTED,
        /** An object was made. */
        CREATED,
        /** Its id was noted. */
        CREATED_NOTED,
        /** An object was put. */
        REPLACED,
        /** It was noted that an object is about to be taken away. */
        LEAVING_NOTED,
        /** An object was taken away. */
        DELETED,
        /** The provider's state was read again. */
        REREAD,
        /** Openings changed their state, and events are in the outbox. */
        SETTLED
    }

    /** After a step. A failure ends the activation there. */
    Uni<Void> after(Step step, ServiceName service);
}
