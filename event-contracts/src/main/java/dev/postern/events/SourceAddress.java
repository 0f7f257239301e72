// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import inet.ipaddr.AddressStringException;
import inet.ipaddr.AddressStringParameters.RangeParameters;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import inet.ipaddr.IncompatibleAddressException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An IPv4 or IPv6 address, or a block of them in CIDR notation (RFC 4632, RFC 4291), in one canonical form: no host bits below the prefix, no
 * prefix for a single address, IPv6 as RFC 5952 writes it, no zone, no IPv4 inside IPv6. Equal sets of addresses have equal texts.
 */
public record SourceAddress(String value) implements Comparable<SourceAddress> {
    private static final String REFUSAL = "must be an IPv4 or IPv6 address, or a block in CIDR notation";
    /**
     * Refuses forms that the library alone accepts: blanks and control characters around the text, more than four digits in a part of IPv6, zeros
     * before the length of a prefix.
     */
    private static final Pattern FORM = Pattern.compile("(?![0-9A-Fa-f:]*[0-9A-Fa-f]{5})[0-9A-Fa-f:.]{2,39}(?:/(?:0|[1-9][0-9]{0,2}))?");
    private static final Pattern MIXED = Pattern.compile("(?i)(?:0{0,4}:){1,5}(?::?ffff:)([0-9.]{7,15})(?:/([0-9]{1,3}))?");
    private static final Pattern ZEROS = Pattern.compile("(?=.*(?:^|\\.)0[0-9])[0-9]{1,4}(?:\\.[0-9]{1,4}){3}(?:/[0-9]{1,3})?");
    private static final int HINTED_CHARACTERS_MAX = 100;
    private static final int BITS_IPV6 = 128;
    private static final int BITS_BEFORE_IPV4 = 96;
    private static final IPAddressStringParameters STRICT = new IPAddressStringParameters.Builder()
        .allowAll(false).allowEmpty(false).allowSingleSegment(false).allowWildcardedSeparator(false)
        .allowMask(false).allowPrefix(true).allowPrefixOnly(false)
        .setRangeOptions(RangeParameters.NO_RANGE)
        .getIPv4AddressParametersBuilder()
        .allow_inet_aton(false).allowLeadingZeros(false).allowUnlimitedLeadingZeros(false)
        .allowBinary(false).getParentBuilder()
        .getIPv6AddressParametersBuilder()
        .allowZone(false).allowMixed(false).allowBase85(false).allowBinary(false).getParentBuilder()
        .toParams();
    /**
     * Blocks that IANA's special-purpose registries (RFC 6890 and its updates) do not list as public unicast, and multicast. The documentation blocks
     * (RFC 5737, RFC 3849, RFC 9637) are left out: no packet comes from there, and examples, this project's too, are written with them.
     */
    private static final List<IPAddress> NOT_PUBLIC = List.of(
        parsed("0.0.0.0/8"), parsed("10.0.0.0/8"), parsed("100.64.0.0/10"), parsed("127.0.0.0/8"), parsed("169.254.0.0/16"),
        parsed("172.16.0.0/12"), parsed("192.0.0.0/24"), parsed("192.88.99.0/24"), parsed("192.168.0.0/16"),
        parsed("198.18.0.0/15"), parsed("224.0.0.0/4"), parsed("240.0.0.0/4"));
    private static final IPAddress GLOBAL_UNICAST_V6 = parsed("2000::/3");
    private static final List<IPAddress> NOT_PUBLIC_V6 = List.of(
        parsed("2001::/23"), parsed("2002::/16"));
    /** IPv4 addresses written as IPv6 (RFC 4291 section 2.5.5.2): a second spelling of what has one. */
    private static final IPAddress IPV4_MAPPED = parsed("::ffff:0:0/96");

    /** @throws IllegalArgumentException if it is not an address or a block in canonical form; the message gives that form where there is one */
    @JsonCreator
    public SourceAddress {
        String canonical = canonical(parsed(value));
        if (!canonical.equals(value)) {
            throw new IllegalArgumentException("is not in canonical form: write " + canonical);
        }
    }

    /** Reads any accepted spelling (upper case, host bits, /32) and returns the canonical one. @throws IllegalArgumentException for what is no address */
    public static SourceAddress canonicalOf(String text) {
        return new SourceAddress(canonical(parsed(text)));
    }

    /** Returns true for IPv6. */
    public boolean ipv6() {
        return value.indexOf(':') >= 0;
    }

    /** The length of the prefix in bits: 32 for one IPv4 address, 128 for one IPv6 address. */
    public int prefixBits() {
        int slash = value.indexOf('/');
        return slash < 0 ? (ipv6() ? 128 : 32) : Integer.parseInt(value.substring(slash + 1));
    }

    /** Returns true if every address of the block is public unicast: none is private, reserved or multicast (RFC 6890). */
    public boolean publicUnicast() {
        IPAddress address = parsed(value);
        if (address.isIPv6()) {
            return GLOBAL_UNICAST_V6.contains(address) && NOT_PUBLIC_V6.stream().noneMatch(block -> overlaps(block, address));
        }
        return NOT_PUBLIC.stream().noneMatch(block -> overlaps(block, address));
    }

    /** Returns true if this block contains every address of {@code other}. */
    public boolean contains(SourceAddress other) {
        return ipv6() == other.ipv6() && parsed(value).contains(parsed(other.value));
    }

    @Override
    public int compareTo(SourceAddress other) {
        return value.compareTo(other.value);
    }

    @JsonValue
    @Override
    public String toString() {
        return value;
    }

    /** The IPv4 address or block of an IPv4-mapped one. */
    private static String ipv4(IPAddress mapped) {
        IPAddress plain = mapped.toIPv6().getEmbeddedIPv4Address();
        return mapped.isPrefixed() ? canonical(plain.setPrefixLength(mapped.getPrefixLength() - IPV4_MAPPED.getPrefixLength(), false)) : canonical(plain);
    }

    private static boolean overlaps(IPAddress block, IPAddress address) {
        return block.contains(address) || address.contains(block);
    }

    private static IPAddress parsed(String text) {
        return read(text).orElseThrow(() -> new IllegalArgumentException(text == null ? REFUSAL : hint(text)));
    }

    /** Returns the prefix of the IPv4 block for that of an IPv4-mapped one, with its slash; empty for one address, and no prefix for a wider block. */
    private static String ipv4Prefix(String bits) {
        int mapped = bits == null ? BITS_IPV6 : Integer.parseInt(bits);
        return mapped == BITS_IPV6 ? "" : "/" + (mapped - BITS_BEFORE_IPV4);
    }

    private static Optional<IPAddress> read(String text) {
        if (text == null || !FORM.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(new IPAddressString(text, STRICT).toAddress());
        } catch (AddressStringException | IncompatibleAddressException unreadable) {
            return Optional.empty();
        }
    }

    /** Returns a hint for a text that is no address: its fault, and the right spelling if there is one; empty if neither is known. */
    private static String hint(String text) {
        if (text.length() > HINTED_CHARACTERS_MAX) {
            return REFUSAL;
        }
        Matcher mixed = MIXED.matcher(text);
        if (mixed.matches()) {
            return right(mixed.group(1) + ipv4Prefix(mixed.group(2))).map(address -> "is IPv4-mapped; write " + address).orElse(REFUSAL);
        }
        int zone = text.indexOf('%');
        if (zone > 0) {
            return right(text.substring(0, zone)).map(address -> "has a zone, which means nothing elsewhere; write " + address).orElse(REFUSAL);
        }
        if (text.startsWith("[") && text.endsWith("]")) {
            return right(text.substring(1, text.length() - 1)).map(address -> "has brackets; write " + address).orElse(REFUSAL);
        }
        if (ZEROS.matcher(text).matches()) {
            return "has leading zeros, which some readers take as octal; write each part in decimal without them";
        }
        return right(text.strip()).filter(address -> !text.strip().equals(text)).map(address -> "has blanks around it; write " + address).orElse(REFUSAL);
    }

    private static Optional<String> right(String text) {
        return read(text).filter(address -> !isIpv4Mapped(address)).map(SourceAddress::canonical);
    }

    private static boolean isIpv4Mapped(IPAddress address) {
        return address.isIPv6() && IPV4_MAPPED.contains(address);
    }

    private static String canonical(IPAddress address) {
        if (isIpv4Mapped(address)) {
            throw new IllegalArgumentException("is IPv4-mapped; write " + ipv4(address));
        }
        IPAddress block = address.isPrefixed() ? address.toPrefixBlock() : address;
        return block.isMultiple() || block.isPrefixed() && block.getPrefixLength() < block.getBitCount()
            ? block.toCanonicalString()
            : block.withoutPrefixLength().toCanonicalString();
    }
}
