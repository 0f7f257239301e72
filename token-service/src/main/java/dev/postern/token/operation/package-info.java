// SPDX-License-Identifier: Apache-2.0
/**
 * The table of the provider's operations: templates, places of references, scopes, and the form of answers.
 *
 * <p>Pure: imports JDK values, the core and Jackson's trees.
 */
package dev.postern.token.operation;
