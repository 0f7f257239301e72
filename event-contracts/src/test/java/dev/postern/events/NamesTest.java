// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
    @ParameterizedTest
    @CsvSource({"service:shop-db, service, shop-db, false", "do:droplet:123, do:droplet, 123, false", "do:domain:example.com, do:domain, example.com, false",
        "do:repository:acme/shop-api, do:repository, acme/shop-api, false", "do:repository:acme/*, do:repository, acme/*, true",
        "do:firewall:*, do:firewall, *, true", "do:reserved_ipv6:2604:a880::1, do:reserved_ipv6, 2604:a880::1, false",
        "do:k8s:*, do:k8s, *, true", "do:tag::x, do:tag, :x, false", "do:tag:_x-, do:tag, _x-, false", "do:tag:-, do:tag, -, false"})
    void aResourceNameHasATypeAndAnId(String text, String type, String id, boolean wildcard) {
        ResourceName name = new ResourceName(text);
        assertThat(name.type()).isEqualTo(type);
        assertThat(name.id()).isEqualTo(id);
        assertThat(name.wildcard()).isEqualTo(wildcard);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "service:", "service:*", "service:A", "service:-a", "service:a-", "service:a_b",
        "service:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "do:", "do:droplet", "do:droplet:",
        "do:Droplet:1", "do:6reserved:1", "do:_ip:1", "do:reserved-ipv6:1", "do:x:.a", "do:x:@a", "do:x:_*", "do::x:1", "do:droplet:1*", "do:droplet:**",
        "do:droplet:/1", "do:x:a//b", "do:x:a/../b", "do:x:..", "do:x:a/", "do:x:a/.", "do:x:a/./b", "do:x:a b", "do:x:a\n", "do:x:a\u0000", "do:x:a%2fb",
        "do:x:a?b", "do:x:a#b", "do:x:a\\b", "do:x:\u00e9", "aws:s3:x", " do:x:a", "service:shop-db ", "do:x:*/a", "do:x:a/*/b"})
    void whatIsNoResourceNameIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> new ResourceName(text));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "0", "00", "01", "-1", "+1", "65536", "99999", "100000", "1-", "-", "1-0", "2-1", "1-1", "1-65536", "0-1", "1 - 2", " 1", "1 ",
        "1\n", "all", "1,2", "1:2", "0x50", "1e3", "\u0661",
        "99999999999999999999", "1-2-3", "\u0000"})
    void whatIsNoPortOrRangeIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> PortRange.of(text));
    }

    @Test
    void idsHaveOneSpelling() {
        String canonical = "018f3f0e-7a51-7c3e-9b1d-0242ac120002";
        assertThat(AccessRequestId.of(canonical)).hasToString(canonical);
        assertThat(TokenId.of(canonical)).hasToString(canonical);
        for (String other : new String[] {null, "", "1-1-1-1-1", canonical.toUpperCase(java.util.Locale.ROOT), canonical.replace("-", ""), " " + canonical,
            canonical + "\n", "0" + canonical, "-" + canonical}) {
            assertThatIllegalArgumentException().isThrownBy(() -> AccessRequestId.of(other));
            assertThatIllegalArgumentException().isThrownBy(() -> TokenId.of(other));
        }
    }

    @Test
    void namesAreShortAndPlain() {
        String forty = "a".repeat(40);
        for (Function<String, Object> name : List.<Function<String, Object>>of(AccountName::new, ServiceName::new)) {
            assertThat(name.apply(forty)).hasToString(forty);
            for (String other : new String[] {null, "", "-", "a-", "-a", "A", "a_b", "a.b", "a b", "a\n", "\u00e9", forty + "a"}) {
                assertThatIllegalArgumentException().isThrownBy(() -> name.apply(other));
            }
        }
        assertThat(new PolicyId("a.b_c-d")).hasToString("a.b_c-d");
        for (String other : new String[] {null, "", ".", "a.", "_a", "A", "a/b", "a b", "a\n", "a".repeat(101)}) {
            assertThatIllegalArgumentException().isThrownBy(() -> new PolicyId(other));
        }
        for (String other : new String[] {null, "", " ", "a b", "a\n", "\u00e9", "a".repeat(65)}) {
            assertThatIllegalArgumentException().isThrownBy(() -> new EventId(other));
        }
    }

    @Test
    void theIdOfAnEventDoesNotConfuseItsParts() {
        assertThat(EventId.of("t", "a", "bc")).isNotEqualTo(EventId.of("t", "ab", "c"));
        assertThat(EventId.of("t", "a")).isEqualTo(EventId.of("t", "a"));
    }
}
