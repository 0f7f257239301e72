// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Properties of all addresses, ranges and names. */
class ValueTypesProperties {
    private static final Pattern SOURCE = pattern("source_address");
    private static final Pattern RESOURCE = pattern("resource_name");
    private static final Pattern FIRST_RESOURCE = Pattern.compile("^(?!.*(?://|\\.\\.|/\\.?$|/\\./))(?:service:[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?"
        + "|do:[a-z][a-z_]{0,39}:(?:\\*|[A-Za-z0-9][A-Za-z0-9._/:@-]{0,254}(?:/\\*)?))$");
    private static final Pattern PORTS = pattern("port_range");
    private static final List<Function<String, Object>> READERS = List.of(SourceAddress::new, SourceAddress::canonicalOf, PortRange::of, ResourceName::new,
        AccountName::new, ServiceName::new, PolicyId::new, EventId::new, AccessRequestId::of, TokenId::of);

    @Property
    void theCanonicalFormIsItsOwnCanonicalForm(@ForAll("addresses") SourceAddress address) {
        assertThat(SourceAddress.canonicalOf(address.toString())).isEqualTo(address);
        assertThat(new SourceAddress(address.value())).isEqualTo(address);
    }

    @Property
    void everySpellingOfAnAddressHasTheSameCanonicalForm(@ForAll("ipv6Bytes") byte[] bytes, @ForAll @IntRange(min = 0, max = 128) int bits)
        throws UnknownHostException {
        // Java writes all eight parts, and turns addresses of IPv4 in IPv6 into IPv4: those have no form here.
        String long6 = InetAddress.getByAddress(bytes).getHostAddress();
        Optional<SourceAddress> written = accepted(long6 + "/" + bits);
        Optional<SourceAddress> upper = accepted(long6.toUpperCase(java.util.Locale.ROOT) + "/" + bits);
        assertThat(upper).isEqualTo(written);
        written.filter(SourceAddress::ipv6)
            .ifPresent(address -> assertThat(address.toString()).isEqualTo(rfc5952(masked(bytes, bits)) + (bits == 128 ? "" : "/" + bits)));
    }

    @Property
    void anAddressContainsItself(@ForAll("addresses") SourceAddress address) {
        assertThat(address.contains(address)).isTrue();
    }

    @Property
    void containsIsTransitiveAndMutualOnlyForEquals(@ForAll("nested") List<SourceAddress> three) {
        SourceAddress a = three.get(0);
        SourceAddress b = three.get(1);
        SourceAddress c = three.get(2);
        assertThat(a.contains(b) && b.contains(c)).as("the way they were made").isTrue();
        assertThat(a.contains(c)).isTrue();
        assertThat(a.contains(b) && b.contains(a)).isEqualTo(a.equals(b));
        if (a.publicUnicast()) {
            assertThat(b.publicUnicast()).as("a part of what is public is public").isTrue();
        }
    }

    @Property
    void containsSaysWhatArithmeticSays(@ForAll("addresses") SourceAddress one, @ForAll("addresses") SourceAddress other) {
        assertThat(one.contains(other)).isEqualTo(one.ipv6() == other.ipv6() && one.prefixBits() <= other.prefixBits()
            && prefix(one, one.prefixBits()).equals(prefix(other, one.prefixBits())));
    }

    @Property
    void theSchemaAcceptsWhatTheTypeAccepts(@ForAll("addresses") SourceAddress address, @ForAll("ranges") PortRange range) {
        assertThat(SOURCE.matcher(address.toString()).find()).as(address.toString()).isTrue();
        assertThat(PORTS.matcher(range.toString()).find()).isTrue();
    }

    @Property
    void theSchemaOfResourceNamesIsTheType(@ForAll("nearlyResources") String text) {
        assertThat(RESOURCE.matcher(text).find() && !text.endsWith("\n")).as(text).isEqualTo(accepted(ResourceName::new, text).isPresent());
    }

    /** The first published grammar: what stands in logs by it is read by every later version. */
    @Property
    void whatWasOnceAResourceNameIsOne(@ForAll("nearlyResources") String text) {
        if (FIRST_RESOURCE.matcher(text).find() && !text.endsWith("\n")) {
            assertThat(accepted(ResourceName::new, text)).as(text).isPresent();
        }
    }

    @Property
    void aResourceNameIsItsTypeAndItsId(@ForAll("nearlyResources") String text) {
        accepted(ResourceName::new, text).ifPresent(name -> {
            assertThat(name.type() + ":" + name.id()).isEqualTo(text);
            assertThat(name.service().isPresent()).isEqualTo(text.startsWith("service:"));
            name.service().ifPresent(service -> assertThat(ResourceName.of(service)).isEqualTo(name));
        });
    }

    @Property
    void aRangeIsWrittenAsItIsRead(@ForAll("ranges") PortRange range) {
        assertThat(PortRange.of(range.toString())).isEqualTo(range);
        assertThat(range.contains(range)).isTrue();
    }

    @Property
    void aRangeContainsAnotherExactlyIfItContainsItsEnds(@ForAll("ranges") PortRange one, @ForAll("ranges") PortRange other) {
        assertThat(one.contains(other))
            .isEqualTo(one.contains(new PortRange(other.first(), other.first())) && one.contains(new PortRange(other.last(), other.last())));
    }

    @Property(tries = 3000)
    void anyTextIsReadOrRefusedAndWhatIsReadIsWrittenBack(@ForAll("anything") String text) {
        for (Function<String, Object> reader : READERS) {
            accepted(reader, text).ifPresent(value -> {
                if (!(value instanceof SourceAddress)) {
                    assertThat(value).hasToString(text);
                }
                assertThat(text).as("ASCII alone").matches("[!-~]+");
            });
        }
    }

    @Provide
    Arbitrary<SourceAddress> addresses() {
        Arbitrary<SourceAddress> four = Combinators.combine(Arbitraries.integers(), Arbitraries.integers().between(0, 32))
            .as((value, bits) -> SourceAddress
                .canonicalOf((value >>> 24) + "." + (value >>> 16 & 255) + "." + (value >>> 8 & 255) + "." + (value & 255) + "/" + bits));
        Arbitrary<SourceAddress> six = Combinators.combine(ipv6Bytes(), Arbitraries.integers().between(0, 128))
            .as((bytes, bits) -> accepted(parts(bytes) + "/" + bits).orElse(new SourceAddress("::/0")));
        return Arbitraries.oneOf(four, six);
    }

    /** Bytes with many zeros, for the sake of {@code ::}. */
    @Provide
    Arbitrary<byte[]> ipv6Bytes() {
        return Arbitraries.integers().between(0, 0xffff).edgeCases(config -> config.add(0, 1, 0xffff)).injectDuplicates(0.3)
            .flatMap(part -> Arbitraries.of(0, 0, part, 0xff)).list().ofSize(8).map(parts -> {
                byte[] bytes = new byte[16];
                for (int index = 0; index < 8; index++) {
                    bytes[2 * index] = (byte) (parts.get(index) >>> 8);
                    bytes[2 * index + 1] = (byte) (int) parts.get(index);
                }
                return bytes;
            });
    }

    /** Three blocks around one address, the widest first. */
    @Provide
    Arbitrary<List<SourceAddress>> nested() {
        return Combinators.combine(addresses(), Arbitraries.integers().between(0, 128).list().ofSize(3)).as((address, lengths) -> lengths.stream()
            .map(bits -> Math.min(bits, address.prefixBits())).sorted()
            .map(bits -> accepted(address.toString().replaceAll("/.*", "") + "/" + bits).orElse(address)).toList());
    }

    @Provide
    Arbitrary<PortRange> ranges() {
        Arbitrary<Integer> port = Arbitraries.integers().between(1, 65_535);
        return Combinators.combine(port, port).as((one, other) -> new PortRange(Math.min(one, other), Math.max(one, other)));
    }

    @Provide
    Arbitrary<String> nearlyResources() {
        Arbitrary<String> id = Arbitraries
            .of("a", "Z", "0", ".", "..", "/", "//", "/.", "-", "_", ":", "@", "*", "/*", "\n", " ", "%2e", "é", "shop-db", "acme/shop").list().ofMaxSize(7)
            .map(parts -> String.join("", parts));
        return Combinators
            .combine(Arbitraries.of("service:", "do:droplet:", "do:", "do::", "do:x_y:", "DO:x:", "", "do:_x:", "do:reserved_ipv6:", "do:6x:"), id)
            .as(String::concat);
    }

    @Provide
    Arbitrary<String> anything() {
        return Arbitraries.oneOf(
            Arbitraries.strings().ofMaxLength(60),
            Arbitraries.strings().withChars("0123456789abcdefABCDEFx:./-*%_, \u0000\n[]\uff11").ofMaxLength(45),
            Arbitraries.strings().withChars("do:service/*.a0-@").ofMaxLength(40),
            Arbitraries.strings().withChars('0', '9').ofMinLength(1).ofMaxLength(100_000).edgeCases(config -> config.none())
                .filter(text -> text.length() < 50 || text.length() % 97 == 0));
    }

    private static Optional<SourceAddress> accepted(String text) {
        return accepted(SourceAddress::canonicalOf, text);
    }

    private static <T> Optional<T> accepted(Function<String, T> reader, String text) {
        try {
            return Optional.of(reader.apply(text));
        } catch (IllegalArgumentException refused) {
            return Optional.empty();
        }
    }

    private static String parts(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (int index = 0; index < 16; index += 2) {
            text.append(index == 0 ? "" : ":").append(Integer.toHexString((bytes[index] & 255) << 8 | bytes[index + 1] & 255));
        }
        return text.toString();
    }

    private static byte[] masked(byte[] bytes, int bits) {
        byte[] masked = Arrays.copyOf(bytes, bytes.length);
        for (int bit = bits; bit < 128; bit++) {
            masked[bit / 8] &= (byte) ~(0x80 >>> bit % 8);
        }
        return masked;
    }

    /** RFC 5952 section 4, written a second time: the longest run of at least two zeros, the first of equal ones. */
    private static String rfc5952(byte[] bytes) {
        String[] parts = parts(bytes).split(":");
        int start = -1;
        int length = 1;
        for (int from = 0; from < 8; from++) {
            int to = from;
            while (to < 8 && parts[to].equals("0")) {
                to++;
            }
            if (to - from > length) {
                start = from;
                length = to - from;
            }
        }
        return start < 0 ? String.join(":", parts)
            : String.join(":", Arrays.copyOfRange(parts, 0, start)) + "::" + String.join(":", Arrays.copyOfRange(parts, start + length, 8));
    }

    private static BigInteger prefix(SourceAddress address, int bits) {
        try {
            byte[] bytes = InetAddress.getByName(address.toString().replaceAll("/.*", "")).getAddress();
            return new BigInteger(1, bytes).shiftRight(bytes.length * 8 - bits);
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static Pattern pattern(String definition) {
        return Pattern.compile(Schemas.PRESENT.file("common.v1.json").at("/$defs/" + definition + "/pattern").textValue());
    }
}
