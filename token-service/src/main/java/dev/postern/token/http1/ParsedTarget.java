// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http1;

/** The result of parsing a request target: an unambiguous target or a refusal. */
sealed interface ParsedTarget permits RequestTarget, Refusal {}
