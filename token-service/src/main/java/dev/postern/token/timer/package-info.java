// SPDX-License-Identifier: Apache-2.0
/**
 * The timer that ends grants at their time.
 *
 * <p>May import the core and postgres.
 */
package dev.postern.token.timer;
