package dev.postern.local.simulated;

/**
 * What goes wrong with the change that a call makes, though the call itself is answered as if all were well. How it shows is the
 * provider's: a firewall's status, a bulk operation's.
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
