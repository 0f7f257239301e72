// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

/** A part could not be started, stopped or asked. The message says which, and where its log is. */
public final class PartFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PartFailed(String message) {
        super(message);
    }

    private PartFailed(String message, Throwable cause) {
        super(message, cause);
    }

    /** Passes a PartFailed on as it is, and keeps the interrupt. */
    public static PartFailed because(String message, Exception cause) {
        if (cause instanceof PartFailed failed) {
            return failed;
        }
        if (cause instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return new PartFailed(message + ": " + cause, cause);
    }
}
