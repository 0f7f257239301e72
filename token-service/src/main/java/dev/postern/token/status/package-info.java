// SPDX-License-Identifier: Apache-2.0
/**
 * The in-memory table of active tokens and its freshness.
 *
 * <p>Pure: imports JDK values, the core and call.
 */
package dev.postern.token.status;
