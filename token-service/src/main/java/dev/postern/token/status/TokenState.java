// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.status;

/** The gateway's knowledge of a presented token at the moment of the call. */
public sealed interface TokenState {
    /**
     * A token that lives now, proved.
     *
     * @param grant what it opens
     */
    record Live(LiveGrant grant) implements TokenState {}

    /** Form or checksum say that this was never a token of ours; no store was asked. 401. */
    record NotAToken() implements TokenState {}

    /** A token's form, and no token that lives; one that died long ago is unknown, too. 401. */
    record Unknown() implements TokenState {}

    /** It was a token, and its time is over. 401. */
    record Expired() implements TokenState {}

    /** It was a token, and it was revoked or rotated, or its grant was ended. 401. */
    record Revoked() implements TokenState {}

    /** The status cannot be verified: the table is stale and PostgreSQL does not answer, or too many calls wait. 503. */
    record Unavailable() implements TokenState {}
}
