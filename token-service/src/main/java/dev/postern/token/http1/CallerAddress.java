// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http1;

import dev.postern.events.SourceAddress;
import java.util.List;
import java.util.Optional;

/**
 * Determines the caller's address. X-Forwarded-For is trusted as far as configured proxies wrote it: from its end, the first address that is not a
 * proxy. Entries that a client wrote itself come before that and are ignored.
 */
final class CallerAddress {
    private static final int HOPS_MAX = 20;

    private CallerAddress() {}

    /**
     * @param peer      the other end of the connection
     * @param forwarded values of X-Forwarded-For in their order
     * @param proxies   those that are believed
     * @return empty if a proxy wrote something that is no single address: then nobody knows
     */
    static Optional<SourceAddress> of(SourceAddress peer, List<String> forwarded, List<SourceAddress> proxies) {
        SourceAddress caller = peer;
        if (forwarded.isEmpty() || !isProxy(caller, proxies)) {
            return Optional.of(caller);
        }
        String[] hops = String.join(",", forwarded).split(",", -1);
        for (int at = hops.length - 1; at >= 0 && hops.length - at <= HOPS_MAX; at--) {
            if (hops[at].indexOf('/') >= 0) {
                return Optional.empty();
            }
            try {
                caller = SourceAddress.canonicalOf(hops[at].strip());
            } catch (IllegalArgumentException noAddress) {
                return Optional.empty();
            }
            if (!isProxy(caller, proxies)) {
                return Optional.of(caller);
            }
        }
        return Optional.of(caller);
    }

    private static boolean isProxy(SourceAddress address, List<SourceAddress> proxies) {
        for (SourceAddress proxy : proxies) {
            if (proxy.contains(address)) {
                return true;
            }
        }
        return false;
    }
}
