// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

/** The keys of log lines; messages are fixed, what varies stands behind a key. */
final class Log {
    static final String SERVICE = "service=";
    static final String OUTCOME = " outcome=";
    static final String DETAIL = " detail=";
    static final String COUNT = " count=";

    private Log() {}
}
