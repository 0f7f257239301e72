// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ports from {@code first} to {@code last}, both included, 1 to 65535; written {@code 5432} or {@code 8000-9000} as DigitalOcean writes them.
 * The provider's {@code 0} (all ports) has no form here: who wants all ports says 1-65535.
 */
public record PortRange(int first, int last) implements Comparable<PortRange> {
    private static final int PORT_MAX = 65_535;
    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4}))?");

    /** @throws IllegalArgumentException unless 1 ≤ first ≤ last ≤ 65535 */
    public PortRange {
        if (first < 1 || last > PORT_MAX || first > last) {
            throw new IllegalArgumentException("must be a port or a range of ports from 1 to " + PORT_MAX);
        }
    }

    /** @throws IllegalArgumentException if it is not a port or a range, in decimal without leading zeros or blanks */
    @JsonCreator
    public static PortRange of(String text) {
        Matcher form = FORM.matcher(text == null ? "" : text);
        if (!form.matches()) {
            throw new IllegalArgumentException("must be a port or a range of ports from 1 to " + PORT_MAX);
        }
        int first = Integer.parseInt(form.group(1));
        int last = form.group(2) == null ? first : Integer.parseInt(form.group(2));
        if (form.group(2) != null && first == last) {
            throw new IllegalArgumentException("a range of one port is written as that port");
        }
        return new PortRange(first, last);
    }

    /** Returns true if this range contains every port of {@code other}. */
    public boolean contains(PortRange other) {
        return first <= other.first && other.last <= last;
    }

    @Override
    public int compareTo(PortRange other) {
        return first != other.first ? Integer.compare(first, other.first) : Integer.compare(last, other.last);
    }

    @JsonValue
    @Override
    public String toString() {
        return first == last ? Integer.toString(first) : first + "-" + last;
    }
}
