// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import java.util.Objects;

/**
 * The person or client that caused an event, from the verified access token of the call.
 *
 * @param subject the token's {@code sub}: who it is, stable over time
 * @param client  the token's {@code azp}: the client that called
 */
public record Actor(String subject, String client) {
    /** @throws NullPointerException if either is missing */
    public Actor {
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(client, "client");
    }

    /** The actor that a requester is. */
    public static Actor of(Requester requester) {
        return new Actor(requester.subject(), requester.client());
    }
}
