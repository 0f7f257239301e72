// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

/**
 * One thing that is wrong with a request.
 *
 * @param pointer JSON pointer (RFC 6901) of the member at fault in the body, or {@code ?name} of a query parameter; empty for the body as a whole
 * @param rule    the rule that was broken, in kebab-case, or the JSON Schema keyword
 * @param detail  what would be right; never the value that was sent
 */
public record Violation(String pointer, String rule, String detail) {}
