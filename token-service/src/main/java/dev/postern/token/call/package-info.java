// SPDX-License-Identifier: Apache-2.0
/**
 * Authorization of one API call: the call's parts, the grant's entries, the decision, and the filter of the answer.
 *
 * <p>Pure: imports JDK values, the core, operation, Jackson's trees and RE2/J.
 */
package dev.postern.token.call;
