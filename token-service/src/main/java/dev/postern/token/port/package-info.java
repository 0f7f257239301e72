// SPDX-License-Identifier: Apache-2.0
/**
 * Interfaces that a gateway needs from other packages: the status of a token, call limits, the account's call budget, and the journal of calls.
 *
 * <p>Pure but for Vert.x's Future: imports the core, operation, call and status.
 */
package dev.postern.token.port;
