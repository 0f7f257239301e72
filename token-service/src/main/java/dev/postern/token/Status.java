// SPDX-License-Identifier: Apache-2.0
package dev.postern.token;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The status of a request, as its owner sees it. */
public enum Status {
    /** Policy has not answered yet. */
    PENDING,
    /** Policy waits for a person. Part of the contract with clients; a life enters it only when an event says so. */
    AWAITING_APPROVAL,
    /** Access is given until {@code valid_until}. */
    GRANTED,
    /** Policy refused. Final. */
    DENIED,
    /** Access is over. Final, but for openings that still close. */
    ENDED;

    /** The status of that wire name; empty if there is none. */
    public static Optional<Status> named(String wireName) {
        return Arrays.stream(values()).filter(status -> status.wireName().equals(wireName)).findFirst();
    }

    /** Every name, in the order of a life. */
    public static List<String> wireNames() {
        return Arrays.stream(values()).map(Status::wireName).toList();
    }

    /** Returns the name used in JSON and in queries. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return wireName();
    }
}
