// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

/** Whose token a call bears. */
public interface Caller {
    /** The name of the account. */
    String account();
}
