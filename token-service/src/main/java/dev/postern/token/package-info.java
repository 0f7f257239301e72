// SPDX-License-Identifier: Apache-2.0
/**
 * Access requests, grants and tokens as values, and the decisions about them.
 *
 * <p>Pure: imports JDK values and dev.postern.events only.
 */
package dev.postern.token;
