// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit;

import dev.postern.events.EventId;

/**
 * Identity of an event (CloudEvents 1.0): its source and its id together.
 *
 * @param source the CloudEvents {@code source}
 * @param id     the CloudEvents {@code id}
 */
public record EventRef(String source, EventId id) {}
