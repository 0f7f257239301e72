/**
 * Authorization of one API call: the table of operations, the call's parts, the grant's entries, and the filter of the answer.
 *
 * <p>Pure: imports JDK values, the core, Jackson's trees and RE2/J.
 */
package dev.postern.token.call;
