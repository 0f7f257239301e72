// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.budget;

import io.smallrye.mutiny.Uni;
import java.util.function.Supplier;

/** The permit that every single provider call needs. */
public interface CallPermit {
    /** Nothing does. */
    CallPermit FREE = new CallPermit() {
        @Override
        public <T> Uni<T> pass(Supplier<Uni<T>> call) {
            return Uni.createFrom().deferred(call::get);
        }
    };

    /** Makes the call now, or fails with a {@link CloudFailure} without making it. */
    <T> Uni<T> pass(Supplier<Uni<T>> call);

    /** Makes a call for which the provider demands {@code scope} of the credential. */
    default <T> Uni<T> pass(String scope, Supplier<Uni<T>> call) {
        return pass(call);
    }
}
