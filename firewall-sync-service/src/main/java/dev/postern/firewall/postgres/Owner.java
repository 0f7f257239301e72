package dev.postern.firewall.postgres;

import dev.postern.events.ServiceName;
import io.smallrye.mutiny.Uni;

/** Says which services this process reconciles: one process per service, and one for all new services of an account. */
public interface Owner {
    /** Whether this process owns the service, or could take it just now. */
    Uni<Boolean> take(ServiceName service);

    /** Whether this process owned the service a moment ago. Asked before every call of the provider. */
    boolean owns(ServiceName service);
}
