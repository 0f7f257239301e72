package dev.postern.firewall.cloud;

import dev.postern.firewall.ProviderLimits;
import dev.postern.firewall.ShareCalls;

/** The provider of one account: a client with its credential. */
interface CloudProvider {
    /** What it takes. */
    ProviderLimits limits();

    /** How many calls it takes. */
    ShareCalls share();

    /** How many are left, as it said last. */
    CallBudget budget();

    /** Whether it takes one change of its objects after the other, so that changes wait in a queue. */
    default boolean oneAtATime() {
        return false;
    }

    /** Its firewalls, with every call through {@code passage}. */
    CloudFirewall firewalls(Passage passage);
}
