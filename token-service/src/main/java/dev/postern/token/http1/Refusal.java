// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http1;

/**
 * A request that the front turns away before anybody else sees it.
 *
 * @param status  of the answer: 400, or what HTTP has for too long a head (414, 431), too large a body (413) or another coding (415)
 * @param rule    which rule, as metrics and tests name it
 * @param message for the caller; it repeats nothing of what was sent
 */
public record Refusal(int status, String rule, String message) implements ParsedHead, ParsedTarget {
    public static Refusal malformed(String rule, String message) {
        return new Refusal(400, rule, message);
    }
}
