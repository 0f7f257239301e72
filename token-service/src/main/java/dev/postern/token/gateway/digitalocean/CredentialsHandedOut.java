// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.events.ApiCalled.HandedOut;
import dev.postern.events.ResourceName;
import dev.postern.token.call.AnswerFilter;
import dev.postern.token.operation.Answer;
import dev.postern.token.operation.Operation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the credentials that an answer gives to the client, for the event that tells of the call. Reads what is left of the answer after it was filtered, so
 * that a secret that was taken out is not told of; the secret itself is never kept.
 */
final class CredentialsHandedOut {
    /** Limit of credentials that one event names. */
    private static final int TOLD_MAX = 1_000;

    private final Operation operation;
    private final List<ResourceName> named;
    private final Optional<Long> expirySeconds;

    /**
     * @param named         the resources that the call names
     * @param expirySeconds the life of the credential, as the provider was asked for it; empty where the call cannot choose it
     */
    CredentialsHandedOut(Operation operation, List<ResourceName> named, Optional<Long> expirySeconds) {
        this.operation = operation;
        this.named = List.copyOf(named);
        this.expirySeconds = expirySeconds;
    }

    /** Returns whether the answer must be read to know what it hands out: it has secrets beside other things, or names the new credential. */
    boolean mustBeRead() {
        return operation.secrets().flatMap(Operation.Secrets::kind).isPresent() || operation.handsOutCredential() && operation.creates().isPresent();
    }

    /** Returns whether the operation hands out any. */
    boolean any() {
        return operation.secrets().isPresent() || kind().isPresent();
    }

    /** Returns what a successful answer hands out that streams to the client unread. */
    List<HandedOut> unread(Instant now) {
        return kind().map(kind -> List.of(new HandedOut(kind, named.stream().findFirst(), until(now)))).orElse(List.of());
    }

    /** Returns what a successful answer hands out. @param shown what the client gets of it */
    List<HandedOut> in(JsonNode shown, Instant now) {
        Optional<Operation.Secrets> secrets = operation.secrets();
        if (secrets.isEmpty()) {
            return kind().map(kind -> whole(kind, shown, now)).orElse(List.of());
        }
        Optional<String> kind = kind().or(() -> secrets.get().kind());
        if (kind.isEmpty()) {
            return List.of();
        }
        if (!(operation.answer() instanceof Answer.Collection list)) {
            return holds(shown, secrets.get().members()) ? List.of(new HandedOut(kind.get(), named.stream().findFirst(), until(now))) : List.of();
        }
        List<HandedOut> found = new ArrayList<>();
        for (JsonNode element : shown.at(list.at())) {
            if (found.size() < TOLD_MAX && holds(element, secrets.get().members())) {
                found.add(new HandedOut(kind.get(), AnswerFilter.firstName(element, list.identities()), until(now)));
            }
        }
        return found;
    }

    /** The credential is a resource of its own where the provider gives it a name, as the id of an access key: that is what can be revoked. */
    private List<HandedOut> whole(String kind, JsonNode shown, Instant now) {
        List<HandedOut> made = operation.creates().stream().flatMap(creation -> CreatedResources.of(creation, shown).stream()).sorted().limit(TOLD_MAX)
            .map(name -> new HandedOut(kind, Optional.of(name), until(now))).toList();
        return made.isEmpty() ? unread(now) : made;
    }

    /** The kind of credential that the answer is made of, or of the address in it that is one. */
    private Optional<String> kind() {
        return operation.credential().or(operation::opensLasting);
    }

    /** The provider began to count before its answer came, so the credential ends no later. */
    private Optional<Instant> until(Instant now) {
        return expirySeconds.map(now::plusSeconds);
    }

    private static boolean holds(JsonNode node, Set<String> members) {
        for (String member : members) {
            JsonNode secret = node.get(member);
            if (secret != null && !secret.isNull() && !secret.asText("-").isEmpty() && !(secret.isContainerNode() && secret.isEmpty())) {
                return true;
            }
        }
        for (JsonNode child : node) {
            if (holds(child, members)) {
                return true;
            }
        }
        return false;
    }
}
