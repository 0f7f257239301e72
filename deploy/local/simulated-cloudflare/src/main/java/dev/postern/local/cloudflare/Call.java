package dev.postern.local.cloudflare;

import dev.postern.local.simulated.Asked;

/**
 * A call on its way through the simulation.
 *
 * @param account whose token it bears
 * @param settings as they were when it was taken up
 */
record Call(Asked asked, CloudAccount account, Settings settings) {

    long nowMicros() {
        return asked.nowMicros();
    }

    IpList list() {
        return account.list(asked.name("list_id"));
    }
}
