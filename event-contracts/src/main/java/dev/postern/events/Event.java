// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;

/**
 * A fact, published once to all services. Its JSON is the {@code data} of a CloudEvent 1.0; one JSON Schema per event stands in
 * {@code schemas/}. A published payload is never edited: members are added as optional only, any other change is a new event type.
 */
public sealed interface Event
    permits AccessRequested, AccessDecided, AccessEnded, ApprovalGiven, TokenIssued, TokenRevoked, FirewallChanged, ServiceProtected, PolicyChanged,
    ApiCalled, AttemptsRefused, AuditLogged {

    /** The topic that it travels on, which also names its type. */
    @JsonIgnore
    Topic topic();

    /** Returns the key of the Kafka record and the {@code subject} of the CloudEvent; events of one key keep their order. */
    @JsonIgnore
    String key();

    /** Returns the id, which is the same for the same fact, however often it is published. */
    @JsonIgnore
    EventId id();

    /** When it happened. */
    @JsonIgnore
    Instant time();
}
