// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The answer to {@link AccessRequested}. A grant runs from the decision, and can be a part of what was asked.
 *
 * @param requestId            the request
 * @param account              as asked
 * @param requester            as asked
 * @param onBehalfOf           as asked
 * @param outcome              granted if at least one entry was
 * @param authorizationDetails what is granted; empty when denied
 * @param leftOut              entries that were asked for and not granted
 * @param validUntil           when the grant ends; absent when denied
 * @param policies             the policies that determined the answer, sorted
 * @param policySetVersion     the version of the policy set that decided
 * @param reasons              in words, for the requester
 * @param requestDigest        of the request that was decided
 * @param replaces             as asked: that request ends in the same step
 * @param decidedAt            when
 */
public record AccessDecided(AccessRequestId requestId, AccountName account, Requester requester, Optional<String> onBehalfOf, Decision outcome,
                            List<AuthorizationDetail> authorizationDetails, List<LeftOut> leftOut, Optional<Instant> validUntil,
                            List<PolicyId> policies, long policySetVersion, List<String> reasons, String requestDigest,
                            Optional<AccessRequestId> replaces, Instant decidedAt) implements Event {
    /** Granted or denied. */
    public enum Decision {
        /** At least one entry is granted. */
        @JsonProperty("granted") GRANTED,
        /** Nothing is granted. */
        @JsonProperty("denied") DENIED
    }

    /**
     * An entry of the request that was not granted.
     *
     * @param index      its place in the request's {@code authorization_details}, from 0
     * @param identifier the resource it names
     * @param rule       which rule refused it, as {@code default-deny}, {@code forbid}, {@code source-not-public}
     * @param reason     in words
     */
    public record LeftOut(int index, ResourceName identifier, String rule, String reason) {}

    /** Copies the lists, and sorts the policies. */
    public AccessDecided {
        authorizationDetails = List.copyOf(authorizationDetails);
        leftOut = leftOut == null ? List.of() : List.copyOf(leftOut);
        policies = policies.stream().sorted().distinct().toList();
        reasons = List.copyOf(reasons);
    }

    @Override
    public Topic topic() {
        return Topic.ACCESS_DECIDED;
    }

    @Override
    public String key() {
        return requestId.toString();
    }

    @Override
    public EventId id() {
        return EventId.of(topic().topicName(), requestId);
    }

    @Override
    public Instant time() {
        return decidedAt;
    }
}
