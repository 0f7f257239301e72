// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Calls went through a gateway or were refused there: writes and refusals one by one, reads counted per token and minute. Never a body.
 *
 * @param callId    the call, or the first of those that were counted
 * @param tokenId   the token that was shown
 * @param requestId the grant behind it
 * @param account   the account that it opens
 * @param operation the operation, as {@code firewalls_add_rules}; absent where none matched
 * @param resources what it named
 * @param outcome   allowed or refused
 * @param status    the HTTP status that the client got; of the first, where calls were counted; {@link #NO_ANSWER} where nobody knows
 * @param calls     how many
 * @param created   what it created and what so became part of the grant ({@code own_created})
 * @param handsOut  the credentials that its answer held, so that an operator can find and revoke them
 * @param rule      which rule refused it
 * @param calledAt  when, of the first
 */
public record ApiCalled(String callId, TokenId tokenId, AccessRequestId requestId, AccountName account, Optional<String> operation,
                        List<ResourceName> resources, CallOutcome outcome, int status, int calls,
                        Optional<List<ResourceName>> created, Optional<List<HandedOut>> handsOut, Optional<String> rule,
                        Instant calledAt) implements Event {
    /** The status of a call that went on to the provider, when the gateway ended before an answer came. */
    public static final int NO_ANSWER = 100;

    /** Allowed or refused. */
    public enum CallOutcome {
        /** It went on to the provider. */
        @JsonProperty("allowed") ALLOWED,
        /** It never reached the provider. */
        @JsonProperty("refused") REFUSED
    }

    /**
     * A credential that the client got; never the secret itself.
     *
     * @param kind     the kind of credential, in kebab-case, as {@code kubeconfig}
     * @param resource the resource that it opens, or the credential itself where the provider names it; empty where the answer names neither
     * @param until    the latest time at which it ends; empty where nothing that Postern knows ends it
     */
    public record HandedOut(String kind, Optional<ResourceName> resource, Optional<Instant> until) {}

    /** Copies the lists. */
    public ApiCalled {
        resources = List.copyOf(resources);
        created = created == null ? Optional.empty() : created.map(List::copyOf);
        handsOut = handsOut == null ? Optional.empty() : handsOut.map(List::copyOf);
    }

    @Override
    public Topic topic() {
        return Topic.API_CALLED;
    }

    @Override
    public String key() {
        return tokenId.toString();
    }

    @Override
    public EventId id() {
        return EventId.of(topic().topicName(), callId);
    }

    @Override
    public Instant time() {
        return calledAt;
    }
}
