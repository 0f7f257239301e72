// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.ServiceName;
import io.quarkus.arc.DefaultBean;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/** Outside of tests no activation is ended on purpose. */
@ApplicationScoped
@DefaultBean
class NoFailPoint implements FailPoint {
    @Override
    public Uni<Void> after(Step step, ServiceName service) {
        return Uni.createFrom().voidItem();
    }
}
