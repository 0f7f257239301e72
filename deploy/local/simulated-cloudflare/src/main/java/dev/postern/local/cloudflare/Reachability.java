// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

/**
 * Result of matching a source against a rule of the form {@code ip.src in $list}.
 *
 * @param sinceMicros since when it is so, in microseconds since the epoch; null where the simulation remembers nothing that made it so
 */
public record Reachability(boolean reachable, Long sinceMicros) {
}
