// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import dev.postern.events.Event;
import java.util.List;

/**
 * Effect of an event at a consumer.
 *
 * @param events      published in the same transaction as the change of state
 * @param afterCommit runs once, after the commit of the attempt that succeeded: metrics, triggers, log lines. It does not run after a rollback, for an
 *                    event that had its effect before, or for a dead letter; a failure in it is logged and changes nothing
 */
public record DeliveryEffect(List<Event> events, Runnable afterCommit) {
    private static final Runnable NOTHING = () -> {};

    /** An effect that is state and events alone. */
    public static DeliveryEffect of(List<Event> events) {
        return new DeliveryEffect(events, NOTHING);
    }

    static Runnable nothing() {
        return NOTHING;
    }
}
