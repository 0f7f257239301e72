// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http1;

/** Counts and writes the refusals of the guard. The shape of an error body is the provider's, so the guard does not know it. */
public interface GuardRefusals {
    /** Counts a refusal. */
    void count(Refusal refusal);

    /** Returns the bytes of the whole response to a request that no handler has seen, and logs the refusal. */
    byte[] response(Refusal refusal);
}
