// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.real;

/** The topics that this service reads and writes, with their dead letters, as an annotation can name them; a test holds them to the contracts. */
public final class TokenTopics {
    /** {@code name:partitions}, joined by commas. */
    public static final String ALL = "access-requested:3,access-decided:3,access-decided.dead-letter:3,access-ended:3,token-issued:3,token-revoked:3,"
        + "firewall-changed:3,firewall-changed.dead-letter:3,api-called:3,attempts-refused:3";

    private TokenTopics() {}
}
