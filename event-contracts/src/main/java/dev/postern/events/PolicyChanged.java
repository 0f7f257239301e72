// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import java.time.Instant;
import java.util.Optional;

/**
 * A policy was put, changed or taken away. The topic is compacted: the last one of a policy is what holds.
 *
 * @param policyId         the policy
 * @param policySetVersion the version of the whole set from now on: 1, 2, 3 … without gaps
 * @param text             its Cedar text; absent when removed
 * @param removed          whether it was taken away
 * @param changedBy        the {@code sub} of the author
 * @param changedAt        when
 * @param changedByClient  the client by which the author changed it; empty in events of earlier versions
 */
public record PolicyChanged(PolicyId policyId, long policySetVersion, Optional<String> text, boolean removed, String changedBy,
                            Instant changedAt, Optional<String> changedByClient) implements Event {
    /** Makes absence empty. */
    public PolicyChanged {
        changedByClient = changedByClient == null ? Optional.empty() : changedByClient;
    }

    @Override
    public Topic topic() {
        return Topic.POLICY_CHANGED;
    }

    @Override
    public String key() {
        return policyId.toString();
    }

    @Override
    public EventId id() {
        return EventId.of(topic().topicName(), policyId, policySetVersion);
    }

    @Override
    public Instant time() {
        return changedAt;
    }
}
