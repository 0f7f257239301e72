// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.postgres;

/** The stored log contradicts itself: its tables were changed from outside. The service appends nothing more until an operator has inspected it. */
public final class LogBroken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LogBroken(String message) {
        super(message);
    }
}
