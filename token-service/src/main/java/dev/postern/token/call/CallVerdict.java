// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import com.fasterxml.jackson.core.JsonPointer;
import dev.postern.events.ResourceName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The decision about a call, with its reason. */
public sealed interface CallVerdict {
    /** The resources that the call names, for the event about it; empty where nothing could be read. */
    List<ResourceName> resources();

    /**
     * It may go to the provider, and the answer may stream back.
     *
     * @param resources what it names
     * @param counted   the entries of the grant that carry it and have a limit of calls: each must be counted, and one used up refuses the call
     * @param creator   the entry with {@code own_created} that gets what the call creates
     */
    record Allowed(List<ResourceName> resources, List<GrantEntry> counted, Optional<GrantEntry> creator) implements CallVerdict {
        /** Copies the lists. */
        public Allowed {
            resources = List.copyOf(resources);
            counted = List.copyOf(counted);
        }
    }

    /**
     * It may go to the provider, and of the answer the client gets what the filter leaves.
     *
     * @param resources what it names
     * @param counted   as for Allowed
     * @param creator   as for Allowed: an answer to a create may hold a secret that must be taken out
     * @param filter    for the answer
     */
    record AllowedFiltered(List<ResourceName> resources, List<GrantEntry> counted, Optional<GrantEntry> creator, AnswerFilter filter) implements CallVerdict {
        /** Copies the lists. */
        public AllowedFiltered {
            resources = List.copyOf(resources);
            counted = List.copyOf(counted);
        }
    }

    /**
     * It must not reach the provider.
     *
     * @param resources what it names, as far as could be read
     * @param rule      which rule refused it
     * @param message   for the client: what was missing
     * @param missing   everything that was missing: together the smallest grant that would do
     * @param shownAt   where the GET of the same path shows what the body replaces: with that known, the call may pass after all
     *                  ({@link AuthorizeCall#decide(ApiCall, CallGrant, java.time.Instant, com.fasterxml.jackson.databind.JsonNode)}); empty where nothing
     *                  could change the verdict
     */
    record Refused(List<ResourceName> resources, Rule rule, String message, List<Missing> missing, Optional<JsonPointer> shownAt) implements CallVerdict {
        /** Copies the lists. */
        public Refused {
            resources = List.copyOf(resources);
            missing = List.copyOf(missing);
        }

        /** The scopes that were missing, each once, alternatives with {@code |}; empty if none was. */
        public Optional<String> missingScope() {
            return joined(missing.stream().map(Missing::scope));
        }

        /** The resources or whole types on which they were missing, each once. */
        public Optional<String> missingResource() {
            return joined(missing.stream().flatMap(one -> one.resource().stream()).map(ResourceName::value));
        }

        private static Optional<String> joined(Stream<String> texts) {
            return Optional.of(texts.distinct().collect(Collectors.joining(", "))).filter(text -> !text.isEmpty());
        }
    }

    /**
     * A scope that no entry of the grant has where it is needed.
     *
     * @param scope    alternatives with {@code |}
     * @param resource on which, or the whole type; empty where any resource of the type would do
     */
    record Missing(String scope, Optional<ResourceName> resource) {}

    /** The rules that refuse. */
    enum Rule {
        /** The grant has ended, or has not begun. */
        NOT_VALID_NOW("not-valid-now"),
        /** No entry of the grant has the scope on the resource, or on the whole type. */
        NOT_GRANTED("not-granted"),
        /** An entry has it, and a constraint of it does not hold for this call. */
        CONSTRAINT("constraint"),
        /** The answer holds a secret, and no entry names this resource with this scope: {@code *} is not enough. */
        CREDENTIAL("credential-by-name-only"),
        /** A place that names a resource holds something that is no name of one. */
        MALFORMED_REFERENCE("malformed-reference"),
        /** The query or the body has a member that may name a resource, and that the operations table does not know. */
        UNKNOWN_REFERENCE("unknown-reference"),
        /** A body where none belongs. */
        UNEXPECTED_BODY("unexpected-body"),
        /** The operation is not served, or the table knows no grant that could cover it. */
        NOT_SERVED("not-served");

        private final String word;

        Rule(String word) {
            this.word = word;
        }

        /** Returns the word used in events and problem documents. */
        public String word() {
            return word;
        }
    }
}
