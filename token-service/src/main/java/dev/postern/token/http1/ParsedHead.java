// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http1;

/** The result of parsing a request head: an unambiguous head or a refusal. */
sealed interface ParsedHead permits RequestHead, Refusal {}
