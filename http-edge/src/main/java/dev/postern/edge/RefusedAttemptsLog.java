// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import dev.postern.edge.RefusedAttempts.Attempts;
import io.vertx.core.Future;
import java.util.List;

/** Keeps reports of refused calls for auditors. A service has one bean of this type, or none. */
interface RefusedAttemptsLog {
    /** Records the reports, all or none; fails if it cannot. */
    Future<Void> record(List<Attempts> attempts);
}
