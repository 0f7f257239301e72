// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceAddressTest {
    @ParameterizedTest
    @CsvSource({
        "1.2.3.4, 1.2.3.4",
        "1.2.3.4/32, 1.2.3.4",
        "1.2.3.4/24, 1.2.3.0/24",
        "1.2.3.5/31, 1.2.3.4/31",
        "255.255.255.255/0, 0.0.0.0/0",
        "0.0.0.0, 0.0.0.0",
        "2001:DB8::1, 2001:db8::1",
        "2001:0db8:0000:0000:0000:0000:0000:0001, 2001:db8::1",
        "2001:db8::1/128, 2001:db8::1",
        "2001:db8::1/64, 2001:db8::/64",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8::1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "1:0:0:0:0:2::/96, 1::2:0:0/96",
        "1:0:0:2:3::/80, 1:0:0:2:3::/80",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::, ::",
        "::/0, ::/0",
        "0:0:0:0:0:0:0:1, ::1"})
    void anAddressHasOneCanonicalForm(String text, String canonical) {
        assertThat(SourceAddress.canonicalOf(text)).hasToString(canonical);
        assertThat(new SourceAddress(canonical)).isEqualTo(SourceAddress.canonicalOf(text));
        if (!text.equals(canonical)) {
            assertThatThrownBy(() -> new SourceAddress(text)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(canonical);
        }
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {
        "", " ", "*", "-", "/", "/24", ".", ":", "%", "all", "localhost", "ipv6",
        // octal, hexadecimal, binary and other numbers of inet_aton
        "010.1.1.1", "1.2.3.010", "01.2.3.4", "0x7f.0.0.1", "1.2.3.0x4", "0x7f000001", "017700000001", "2130706433", "0b1.2.3.4", "1e1.2.3.4", "00.0.0.0",
        // shortened and lengthened
        "1", "1.2", "1.2.3", "1.2.3.4.5", "1..2.3", "1.2.3.", ".1.2.3", "127.1",
        // ranges, wildcards, lists, masks
        "1.2.3.*", "1.2.3.1-2", "1.2.3.4-1.2.3.9", "1.2.*", "1.2.3.%", "1.2.3._", "1.2.3.4,5", "1.2.3.4,1.2.3.5", "1.2.3.0/255.255.255.0", "2001:db8::*",
        "2001:db8::1-2", "2001:db8::_",
        // prefixes that are none
        "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/024", "1.2.3.4/00", "1.2.3.4/ 24", "1.2.3.4/2a", "1.2.3.4//24", "1.2.3.4/24/24", "1.2.3.4/999",
        "2001:db8::/129", "2001:db8::/064",
        // numbers out of range, digits of other scripts, signs
        "256.1.1.1", "1.2.3.999", "\uff11.2.3.4", "\u0661.2.3.4", "1.2.3.4/\u0662\u0664", "-1.2.3.4", "+1.2.3.4", "12345::1", "00001::1", "2001:db8::00001",
        "g::1",
        // blanks and control characters
        " 1.2.3.4", "1.2.3.4 ", "1.2.3.4\n", "\t1.2.3.4", "1 .2.3.4", "1.2.3.4\u0000", "::\u0000", "\u00a01.2.3.4", "::1\r", "\u200b::1",
        // ports, brackets, zones
        "1.2.3.4:80", "[::1]", "[::1]:80", "fe80::1%eth0", "fe80::1%25eth0", "fe80::%1/64", "1.2.3.4%1", "2001:db8::1%",
        // IPv4 inside IPv6
        "::ffff:1.2.3.4", "::1.2.3.4", "64:ff9b::1.2.3.4", "::ffff:102:304", "0:0:0:0:0:ffff:0102:0304", "::ffff:0:0/96", "::ffff:102:304/120",
        // other spellings of IPv6
        "2001:db8:::1", "2001:db8::1::2", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "20010db8000000000000000000000001", "0x20010db8000000000000000000000001",
        "4)+k&C#VzJ4br>0wv%Yp",
        "1.2.3.4.in-addr.arpa", "2001-db8--1.ipv6-literal.net"})
    void malformedAddressIsRefused(String text) {
        assertThatThrownBy(() -> SourceAddress.canonicalOf(text)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SourceAddress(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"8.8.8.8", "203.0.113.7", "1.0.0.0/24", "223.255.255.255", "2001:db8::1", "2606:4700::/32", "2a00::/12", "11.0.0.0/8",
        "100.63.255.255", "100.128.0.0"})
    void publicUnicast(String text) {
        assertThat(new SourceAddress(text).publicUnicast()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "0.0.0.0/0", "10.1.2.3", "10.0.0.0/8", "8.0.0.0/6", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.0/12",
        "172.31.255.255", "192.0.0.1", "192.88.99.1",
        "192.168.1.1", "198.19.0.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "128.0.0.0/1",
        "::", "::1", "::/0", "fe80::1", "fc00::1", "fd00::/8", "ff02::1", "2002::1", "2001::1", "64:ff9b::1", "100::1", "4000::1", "2000::/3", "::/2"})
    void notPublicUnicast(String text) {
        assertThat(new SourceAddress(text).publicUnicast()).isFalse();
    }

    @Test
    void aBlockContainsItsAddressesAndNoOthers() {
        SourceAddress block = new SourceAddress("203.0.113.0/24");
        assertThat(block.contains(new SourceAddress("203.0.113.255"))).isTrue();
        assertThat(block.contains(new SourceAddress("203.0.113.128/25"))).isTrue();
        assertThat(block.contains(new SourceAddress("203.0.112.0/23"))).isFalse();
        assertThat(block.contains(new SourceAddress("203.0.114.0"))).isFalse();
        assertThat(block.contains(new SourceAddress("2001:db8::/64"))).isFalse();
        assertThat(new SourceAddress("0.0.0.0/0").contains(block)).isTrue();
        assertThat(new SourceAddress("::/0").contains(block)).isFalse();
    }

    @Test
    void theLengthOfThePrefix() {
        assertThat(new SourceAddress("203.0.113.7").prefixBits()).isEqualTo(32);
        assertThat(new SourceAddress("203.0.113.0/24").prefixBits()).isEqualTo(24);
        assertThat(new SourceAddress("0.0.0.0/0").prefixBits()).isZero();
        assertThat(new SourceAddress("::1").prefixBits()).isEqualTo(128);
        assertThat(new SourceAddress("2001:db8::/64").prefixBits()).isEqualTo(64);
    }
}
