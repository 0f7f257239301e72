// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.token.upstream.BodyMemory;
import dev.postern.token.upstream.ReadBody;

/** An answer of the provider that cannot be passed on to the client. */
final class UnusableAnswer extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnusableAnswer(String message) {
        super(message, null, false, false);
    }

    /** Returns what the client is told when the provider's answer cannot be passed on. */
    static String message(Throwable why, boolean late, boolean unclear) {
        return late ? "The provider did not answer in time."
            : why instanceof ReadBody.TooLarge ? "The provider's answer is too large to be filtered."
            : why instanceof BodyMemory.Full ? "Postern had no memory for the answer."
            : why instanceof UnusableAnswer ? "The provider's answer cannot be passed on: " + why.getMessage() + "."
            : unclear ? "The provider did not answer." : "The provider could not be reached.";
    }
}
