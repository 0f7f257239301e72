// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import dev.postern.events.PolicyId;
import java.time.Instant;

/**
 * A policy as it holds.
 *
 * @param id        names it
 * @param text      its Cedar text, exactly as it was put
 * @param version   the version of the policy set that it came with; with the id it names this text, which is what its ETag says
 * @param changedBy the {@code sub} of its author
 * @param changedAt when
 */
public record StoredPolicy(PolicyId id, String text, long version, String changedBy, Instant changedAt) {
    /** The entity tag of RFC 9110 section 8.8.3: strong, and new with each change. */
    public String etag() {
        return "\"" + version + "\"";
    }
}
