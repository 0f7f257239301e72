package dev.postern.audit.postgres;

/** What the database says of the log does not add up: somebody changed it. Nothing more is appended until a person has looked into it. */
public final class LogBroken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LogBroken(String message) {
        super(message);
    }
}
