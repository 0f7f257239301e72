package dev.postern.firewall;

/**
 * How many calls of an account were made, by all processes.
 *
 * @param minute          in the last minute
 * @param hour            in the last hour
 * @param minuteOfService in the last minute, for the service that asks
 * @param hourOfService   in the last hour, for the service that asks
 * @param servicesMinute  services that made calls in the last minute, the one that asks included
 * @param servicesHour    services that made calls in the last hour, the one that asks included
 */
public record CallUse(long minute, long hour, long minuteOfService, long hourOfService, int servicesMinute, int servicesHour) {
    /** Nobody has called. */
    public static final CallUse NONE = new CallUse(0, 0, 0, 0, 1, 1);

    /** After {@code calls} more of the service that asks. */
    public CallUse plus(long calls) {
        return new CallUse(minute + calls, hour + calls, minuteOfService + calls, hourOfService + calls, servicesMinute, servicesHour);
    }
}
