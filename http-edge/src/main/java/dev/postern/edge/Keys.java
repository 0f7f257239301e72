// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

/** Names of the fields of a log line. */
final class Keys {
    /** The id that the answer names, so that its log entry can be found. */
    static final String INCIDENT = "incident";
    /** The type of what went wrong. */
    static final String CAUSE = "cause";

    /** The sub of the access token. */
    static final String ACTOR = "actor";
    /** The client that a token was issued to. */
    static final String CLIENT = "client";
    /** The rule that refused. */
    static final String RULE = "rule";
    /** The number of events that one log line reports. */
    static final String COUNT = "count";

    private Keys() {}
}
