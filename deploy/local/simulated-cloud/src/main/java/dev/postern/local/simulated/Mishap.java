// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

/**
 * Failure of the change that a call makes, while the call itself is answered as successful. The provider decides how it shows: in a
 * firewall's status, or in a bulk operation's.
 *
 * @param partial only a part of the change is made
 * @param failedBy id of the fault that makes the change fail, or null
 * @param heldBy id of the fault that keeps the change pending, or null
 * @param heldUntilMicros when that fault ends by itself; {@link Long#MAX_VALUE} if it does not
 */
public record Mishap(boolean partial, String failedBy, String heldBy, long heldUntilMicros) {
    /** All goes well. */
    public static final Mishap NONE = new Mishap(false, null, null, 0);
}
