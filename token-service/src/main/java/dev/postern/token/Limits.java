// SPDX-License-Identifier: Apache-2.0
package dev.postern.token;

import java.time.Duration;

/** Every limit of the service, in one place. What is over a limit is refused and named; nothing is cut off silently. */
public final class Limits {
    /** The shortest access that can be asked for. */
    public static final Duration DURATION_MIN = Duration.ofMinutes(1);
    /** The longest access that can be asked for; the token topics are kept a day longer. */
    public static final Duration DURATION_MAX = Duration.ofDays(90);
    /** Entries of {@code authorization_details} in one request. */
    public static final int ENTRIES_MAX = 50;
    /** Sources of one {@code firewall_opening}. */
    public static final int SOURCES_MAX = 100;
    /** Openings (sources of all entries) of one request. */
    public static final int OPENINGS_MAX = 1_000;
    /** Characters of {@code on_behalf_of}. */
    public static final int ON_BEHALF_OF_CHARACTERS_MAX = 200;
    /** Characters of {@code reason}. */
    public static final int REASON_CHARACTERS_MAX = 1_000;
    /** Bytes of one {@code body_schema}, written without blanks. */
    public static final int BODY_SCHEMA_BYTES_MAX = 16_384;
    /** Requests of one owner that wait for a decision. */
    public static final int PENDING_PER_OWNER_MAX = 1_000;
    /** Calls that wait for a change ({@code Prefer: wait}) in one replica; the next one is answered at once, as RFC 7240 allows. */
    public static final int WAITERS_MAX = 10_000;
    /** Ends of access in one transaction of the expiry sweep. */
    public static final int EXPIRIES_PER_TRANSACTION_MAX = 100;
    /** Characters of a form body (introspection, revocation). */
    public static final int FORM_CHARACTERS_MAX = 4_096;

    private Limits() {}
}
