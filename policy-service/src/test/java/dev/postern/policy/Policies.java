// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import dev.postern.events.PolicyId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Policy sets of tests. */
public final class Policies {
    private static final AtomicInteger COMPILED = new AtomicInteger();

    private Policies() {}

    /** Texts under the ids p1, p2 … */
    public static CompiledPolicies of(String... texts) {
        Map<PolicyId, String> byId = new LinkedHashMap<>();
        for (String text : texts) {
            byId.put(new PolicyId("p" + (byId.size() + 1)), text);
        }
        return compiled(byId);
    }

    public static CompiledPolicies compiled(Map<PolicyId, String> byId) {
        if (COMPILED.incrementAndGet() % 200 == 0) {
            // Cedar's copies go with the objects, and it keeps 1,024 at most: a test compiles more sets than a collector has reason to run.
            System.gc();
        }
        try {
            return CompiledPolicies.of(7, byId);
        } catch (CompiledPolicies.Unusable unusable) {
            throw new AssertionError(unusable);
        }
    }
}
