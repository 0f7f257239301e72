// SPDX-License-Identifier: Apache-2.0
/**
 * Audit log as values: entries, the Merkle tree over them, proofs, checkpoints, and the facts that an entry can be found by.
 *
 * <p>Pure: imports JDK values and dev.postern.events only.
 */
package dev.postern.audit;
