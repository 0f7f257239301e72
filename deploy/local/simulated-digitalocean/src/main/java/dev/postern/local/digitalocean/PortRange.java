// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Ports of a rule: {@code "22"}, {@code "8000-9000"}, {@code "0"} or {@code "all"} for every port. */
record PortRange(int first, int last) {
    private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,4})(?:-([1-9]\\d{0,4}))?");
    static final PortRange ALL = new PortRange(0, 65_535);

    /** Null if the text is none of these forms. */
    static PortRange parse(String text) {
        if (text.equals("0") || text.equals("all")) {
            return ALL;
        }
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return null;
        }
        int first = Integer.parseInt(form.group(1));
        int last = form.group(2) == null ? first : Integer.parseInt(form.group(2));
        return last > 65_535 || last < first ? null : new PortRange(first, last);
    }

    boolean contains(int port) {
        return port >= first && port <= last;
    }
}
