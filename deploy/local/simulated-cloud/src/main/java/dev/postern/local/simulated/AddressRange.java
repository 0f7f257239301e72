// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * An IPv4 or IPv6 address, or a network in CIDR notation. Host bits may be set, as the API lets them.
 *
 * @param address 4 or 16 bytes
 * @param prefix length in bits
 */
public record AddressRange(byte[] address, int prefix) {
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:]{2,39}"); // nothing that a resolver would look up
    private static final Pattern PREFIX = Pattern.compile("0|[1-9]\\d{0,2}");

    /** Reads {@code 203.0.113.7}, {@code 203.0.113.0/24}, {@code 2001:db8::1}, {@code 2001:db8::/64}; null if it is none of them. */
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        byte[] bytes = bytesOf(slash < 0 ? text : text.substring(0, slash));
        if (bytes == null) {
            return null;
        }
        int most = bytes.length * 8;
        if (slash < 0) {
            return new AddressRange(bytes, most);
        }
        String length = text.substring(slash + 1);
        if (!PREFIX.matcher(length).matches() || Integer.parseInt(length) > most) {
            return null;
        }
        return new AddressRange(bytes, Integer.parseInt(length));
    }

    public boolean contains(AddressRange other) {
        if (address.length != other.address.length || other.prefix < prefix) {
            return false;
        }
        int whole = prefix / 8;
        for (int at = 0; at < whole; at++) {
            if (address[at] != other.address[at]) {
                return false;
            }
        }
        int rest = prefix % 8;
        return rest == 0 || ((address[whole] ^ other.address[whole]) & 0xff) >> 8 - rest == 0;
    }

    /** One text for one range, host bits cleared. Not for people: hexadecimal digits, slash, prefix. */
    public String network() {
        byte[] masked = address.clone();
        for (int at = 0; at < masked.length; at++) {
            int bits = Math.min(8, Math.max(0, prefix - at * 8));
            masked[at] &= (byte) (0xff << 8 - bits);
        }
        return HexFormat.of().formatHex(masked) + "/" + prefix;
    }

    private static byte[] bytesOf(String text) {
        if (text.indexOf(':') < 0) {
            return ipv4(text);
        }
        if (!IPV6.matcher(text).matches()) {
            return null;
        }
        try {
            byte[] bytes = InetAddress.getByName(text).getAddress();
            return bytes.length == 16 ? bytes : null; // an IPv4 address in IPv6 clothes is not a canonical source
        } catch (UnknownHostException malformed) {
            return null;
        }
    }

    /** Dotted decimal without leading zeros; null for anything else. By hand: a thousand of them come in one rule. */
    private static byte[] ipv4(String text) {
        byte[] bytes = new byte[4];
        int octet = 0;
        int value = -1;
        for (int at = 0; at < text.length(); at++) {
            char letter = text.charAt(at);
            if (letter == '.') {
                if (value < 0 || octet == 3) {
                    return null;
                }
                bytes[octet++] = (byte) value;
                value = -1;
            } else if (letter < '0' || letter > '9' || value == 0 || value > 25) {
                return null;
            } else {
                value = Math.max(value, 0) * 10 + letter - '0';
                if (value > 255) {
                    return null;
                }
            }
        }
        if (value < 0 || octet != 3) {
            return null;
        }
        bytes[3] = (byte) value;
        return bytes;
    }
}
