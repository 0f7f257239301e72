// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit;

import java.time.Instant;

/**
 * Size and root hash of the log at one moment. A client that keeps a checkpoint can prove later whether an entry was changed or removed.
 *
 * @param origin names the log, so that checkpoints of two logs are never taken for one another's
 * @param size   how many entries
 * @param root   the Merkle tree hash over them (RFC 9162 section 2.1.1)
 * @param at     when the last of them was appended
 */
public record Checkpoint(String origin, long size, Hash root, Instant at) {}
