// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Objects;

/**
 * The principal that requests access, from the verified access token.
 *
 * @param kind    which kind of principal policy sees
 * @param subject the token's {@code sub}: stable, and what ownership goes by
 * @param client  the token's {@code azp}: the client that asks, as {@code client-portal}
 * @param roles   realm roles, sorted
 */
public record Requester(Kind kind, String subject, String client, List<String> roles) {
    /** The principals of policy. */
    public enum Kind {
        /** A web application that asks on behalf of its customers: a client's own (service account) token. */
        @JsonProperty("portal") PORTAL,
        /** A pipeline or a program with an identity of its own. */
        @JsonProperty("workload") WORKLOAD,
        /** Somebody who signed in. */
        @JsonProperty("person") PERSON
    }

    /** Sorts the roles: equal requesters are equal. */
    public Requester {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(client, "client");
        roles = roles == null ? List.of() : roles.stream().sorted().distinct().toList();
    }
}
