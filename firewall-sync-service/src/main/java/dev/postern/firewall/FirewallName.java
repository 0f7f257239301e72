package dev.postern.firewall;

import dev.postern.events.ServiceName;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The name of a firewall object of ours: {@code postern-<service>-<number>}. The service's name may have dashes and digits itself; the number is what
 * stands behind the last dash, so no two services share a name.
 *
 * @param service the service
 * @param number  1, 2, 3 …, without leading zeros
 */
public record FirewallName(ServiceName service, int number) {
    /** What every name begins with. */
    public static final String PREFIX = "postern-";
    /** What the name of every list begins with. */
    private static final String LIST_PREFIX = "postern_";
    private static final int NUMBER_MAX = 9_999;

    /** @throws IllegalArgumentException unless 1 ≤ number ≤ 9999 */
    public FirewallName {
        if (number < 1 || number > NUMBER_MAX) {
            throw new IllegalArgumentException("must be 1 to " + NUMBER_MAX);
        }
    }

    /** The number in {@code name}, if that is exactly a name of an object of {@code service}. */
    public static OptionalInt number(ServiceName service, String name) {
        String front = PREFIX + service + "-";
        if (!name.startsWith(front)) {
            return OptionalInt.empty();
        }
        String digits = name.substring(front.length());
        return digits.matches("[1-9][0-9]{0,3}") ? OptionalInt.of(Integer.parseInt(digits)) : OptionalInt.empty();
    }

    /** The name of the service's list of addresses: names of lists take no dashes, names of services no underscores, so no two services share one. */
    public static String ofList(ServiceName service) {
        return LIST_PREFIX + service.toString().replace('-', '_');
    }

    /** Whether an object of this name could be one of ours; whether it is, only our notes say. */
    public static boolean likeOurs(String name) {
        return name.startsWith(PREFIX) || name.startsWith(LIST_PREFIX);
    }

    /** The first name of the service that is not taken. @throws IllegalArgumentException if all are */
    public static FirewallName free(ServiceName service, Set<String> taken) {
        int number = 1;
        while (taken.contains(new FirewallName(service, number).toString())) {
            number++;
        }
        return new FirewallName(service, number);
    }

    @Override
    public String toString() {
        return PREFIX + service + "-" + number;
    }
}
