// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.budget;

/**
 * Calls of one account in the last minute and in the last period of its provider's limit, made by all processes.
 *
 * @param minute           in the last minute
 * @param period           in the last period
 * @param minuteOfService  in the last minute, for the service that asks
 * @param periodOfService  in the last period, for the service that asks
 * @param servicesMinute   services that made calls in the last minute, the one that asks included
 * @param servicesPeriod   services that made calls in the last period, the one that asks included
 */
public record CallUse(long minute, long period, long minuteOfService, long periodOfService, int servicesMinute, int servicesPeriod) {
    /** No call was made. */
    public static final CallUse NONE = new CallUse(0, 0, 0, 0, 1, 1);

    /** Returns the use after {@code calls} more of the service that asks. */
    public CallUse plus(long calls) {
        return new CallUse(minute + calls, period + calls, minuteOfService + calls, periodOfService + calls, servicesMinute, servicesPeriod);
    }
}
