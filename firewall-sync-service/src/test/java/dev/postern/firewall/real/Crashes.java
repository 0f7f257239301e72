// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.real;

import dev.postern.events.ServiceName;
import dev.postern.firewall.reconcile.FailPoint;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Ends an activation after a step, once, as a crash would: nothing after the step happens, nothing of the activation is remembered. */
@ApplicationScoped
public class Crashes implements FailPoint {
    private static final Map<ServiceName, Step> PLANNED = new ConcurrentHashMap<>();
    private static final Set<String> REACHED = ConcurrentHashMap.newKeySet();

    /** The next activation of the service that comes to {@code step} ends there. */
    public static void plan(ServiceName service, Step step) {
        PLANNED.put(service, step);
    }

    /** Returns true if the planned crash happened. */
    public static boolean happened(ServiceName service, Step step) {
        return REACHED.contains(service + " " + step);
    }

    @Override
    public Uni<Void> after(Step step, ServiceName service) {
        if (!PLANNED.remove(service, step)) {
            return Uni.createFrom().voidItem();
        }
        REACHED.add(service + " " + step);
        return Uni.createFrom().failure(new IllegalStateException("crash after " + step));
    }
}
