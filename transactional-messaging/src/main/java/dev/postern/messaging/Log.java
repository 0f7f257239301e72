// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

/** The keys of log lines; messages are fixed, values follow their keys. */
final class Log {
    static final String TOPIC = "topic=";
    static final String CHANNEL = "channel=";
    static final String CONSUMER = " consumer=";
    static final String PARTITION = " partition=";
    static final String OFFSET = " offset=";
    static final String EVENT = " event=";
    static final String REASON = " reason=";
    static final String DETAIL = " detail=";
    static final String COUNT = "count=";
    static final String RETRY_MS = " retry_ms=";

    private Log() {}
}
