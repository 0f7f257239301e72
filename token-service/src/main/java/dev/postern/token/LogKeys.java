// SPDX-License-Identifier: Apache-2.0
package dev.postern.token;

/** The keys of log lines: a message is fixed, values follow their keys. Never a secret, never a person. */
public final class LogKeys {
    /** The access request. */
    public static final String REQUEST = "request_id=";
    /** A protected service. */
    public static final String SERVICE = "service=";
    /** Number of items. */
    public static final String COUNT = "count=";
    /** The kind of a failure. */
    public static final String REASON = "reason=";
    /** Port that a server listens on. */
    public static final String PORT = "port=";
    /** When it is tried again, in milliseconds. */
    public static final String RETRY_MS = "retry_ms=";

    /** The call of a gateway, as {@code x-request-id} and api-called name it. */
    public static final String CALL = "call=";
    /** The status of an answer. */
    public static final String STATUS = "status=";
    /** The rule that refused. */
    public static final String RULE = "rule=";

    private LogKeys() {}
}
