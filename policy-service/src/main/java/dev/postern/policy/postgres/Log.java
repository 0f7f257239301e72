// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy.postgres;

/** The keys of log lines; messages are fixed, values follow their keys. */
final class Log {
    static final String REQUEST = "request_id=";
    static final String POLICIES = " policies=";
    static final String DETAIL = " detail=";
    static final String VERSION = "version=";
    private static final int WORDS_LENGTH_MAX = 300;

    private Log() {}

    /** Words of others on one line of bounded length: they may quote a request. */
    static String words(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= WORDS_LENGTH_MAX ? line : line.substring(0, WORDS_LENGTH_MAX) + "…";
    }
}
