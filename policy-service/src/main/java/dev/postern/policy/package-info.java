// SPDX-License-Identifier: Apache-2.0
/**
 * Access decisions by Cedar policies, and the checks of policy texts.
 *
 * <p>Pure: imports JDK values, dev.postern.events, Cedar and Jackson only.
 */
package dev.postern.policy;
