// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import dev.postern.events.Event;
import dev.postern.events.EventId;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/**
 * An event as it came in.
 *
 * @param event       its data, held to its schema
 * @param id          the CloudEvents {@code id}
 * @param source      the CloudEvents {@code source}: the service that published it
 * @param time        the CloudEvents {@code time}
 * @param traceparent W3C trace context, where the record carried one
 */
public record Received<E extends Event>(E event, EventId id, URI source, Instant time, Optional<String> traceparent) {}
