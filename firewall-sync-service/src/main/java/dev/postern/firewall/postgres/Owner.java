// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.postgres;

import dev.postern.events.ServiceName;
import io.smallrye.mutiny.Uni;

/** Says which services this process reconciles: one process per service, and one for all new services of an account. */
public interface Owner {
    /** Claims the service; returns true if this process owns it now. */
    Uni<Boolean> take(ServiceName service);

    /** Returns true if this process owned the service a moment ago. Checked before every provider call. */
    boolean owns(ServiceName service);
}
