// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import dev.postern.local.simulated.SimulatedRequest;

/**
 * A call on its way through the simulation.
 *
 * @param account whose token it bears
 * @param settings as they were when it was taken up
 */
record CloudflareCall(SimulatedRequest asked, CloudAccount account, Settings settings) {

    long nowMicros() {
        return asked.nowMicros();
    }

    IpList list() {
        return account.list(asked.name("list_id"));
    }
}
