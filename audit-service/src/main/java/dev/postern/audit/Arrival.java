// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit;

import java.time.Instant;
import java.util.SortedSet;

/**
 * An event that wants its place in the log: read, and held to its schema.
 *
 * @param entry what its leaf binds
 * @param ref   which event it is
 * @param type  the CloudEvents {@code type}
 * @param time  the CloudEvents {@code time}: when it happened
 * @param facts what it can be found by
 */
public record Arrival(LogEntry entry, EventRef ref, String type, Instant time, SortedSet<Fact> facts) {}
