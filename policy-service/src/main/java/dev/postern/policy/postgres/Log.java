package dev.postern.policy.postgres;

/** The keys of log lines; messages are fixed, what varies stands behind a key. */
final class Log {
    static final String REQUEST = "request=";
    static final String POLICIES = " policies=";
    static final String DETAIL = " detail=";

    private Log() { }
}
