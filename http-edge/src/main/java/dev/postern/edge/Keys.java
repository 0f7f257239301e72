package dev.postern.edge;

/** Names of what a log line tells beside its fixed message. */
final class Keys {
    /** The id that the answer names, so that its log entry can be found. */
    static final String INCIDENT = "incident";
    /** The type of what went wrong. */
    static final String CAUSE = "cause";

    private Keys() { }
}
