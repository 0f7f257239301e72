// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalNameTest {
    private static final String UUID = "bb4b2611-3d72-467b-8602-280330ecd65c";

    @ParameterizedTest
    @ValueSource(strings = {"service:shop-db", "do:droplet:300201", "do:droplet:*", "do:image:62137902", "do:snapshot:6372321", "do:snapshot:" + UUID,
        "do:ssh_key:512189", "do:firewall:" + UUID, "do:kubernetes:*", "do:domain:shop.example", "do:domain:xn--bcher-kva.example",
        "do:domain:_acme-challenge.shop.example", "do:tag:web:blue_1", "do:registry:acme", "do:repository:acme/*", "do:repository:acme/team/api",
        "do:reserved_ip:45.55.96.47", "do:reserved_ip:2604:a880:800:14::42c3:d000", "do:bucket:images", "do:account:*",
        "do:function_namespace:fn-" + UUID, "do:spaces_key:DOACCESSKEYEXAMPLE"})
    void canonicalNamesAreTaken(String name) {
        assertThat(CanonicalName.fault(new ResourceName(name))).isEmpty();
        assertThat(CanonicalName.isSecondName(new ResourceName(name))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"do:droplet:0300201, do:droplet:300201", "do:dbaas:" + UUID + ", do:database:" + UUID, "do:floatingip:45.55.96.47, do:reserved_ip:45.55.96.47",
        "do:loadbalancer:*, do:load_balancer:*", "do:kubernetes_cluster:" + UUID + ", do:kubernetes:" + UUID,
        "do:firewall:BB4B2611-3D72-467B-8602-280330ECD65C, do:firewall:" + UUID, "do:firewall:bb4b26113d72467b8602280330ecd65c, do:firewall:" + UUID,
        "do:firewall:urn:uuid:" + UUID + ", do:firewall:" + UUID, "do:domain:Billing.Example, do:domain:billing.example",
        "do:domain:billing.example., do:domain:billing.example", "do:tag:Billing, do:tag:billing", "do:registry:Acme, do:registry:acme",
        "do:repository:acme/Shop-API, do:repository:acme/shop-api", "do:repository:ACME/*, do:repository:acme/*",
        "do:reserved_ipv6:2604:A880::1, do:reserved_ip:2604:a880::1", "do:reserved_ip:2604:a880:0::1, do:reserved_ip:2604:a880::1",
        "do:image:007, do:image:7", "do:snapshot:007, do:snapshot:7", "do:volume_snapshot:7, do:snapshot:7", "do:ssh_key:0512189, do:ssh_key:512189",
        "do:space:Images, do:bucket:images", "do:unheard_of:007, do:unheard_of:7"})
    void anotherSpellingIsRefusedWithTheRightOne(String wrong, String right) {
        ResourceName name = new ResourceName(wrong);
        assertThat(CanonicalName.fault(name)).hasValueSatisfying(fault -> assertThat(fault).startsWith(wrong + " ").endsWith("; write " + right));
        assertThat(CanonicalName.isSecondName(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"do:project:default", "do:registry:account.default", "do:ssh_key:3b:16:bf:e4:8b:00:8b:b8:59:8c:a9:d3:f0:19:45:fa",
        "do:image:ubuntu-24-04-x64", "do:droplet:web-1", "do:droplet:1e5"})
    void nameThatStandsForAnotherThingIsRefusedAndHonouredByNobody(String name) {
        assertThat(CanonicalName.fault(new ResourceName(name))).isPresent();
        assertThat(CanonicalName.isSecondName(new ResourceName(name))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"do:firewall:abc", "do:droplet:1/*", "do:domain:a_b..c.example", "do:domain:-a.example", "do:reserved_ip:45.55.96.0/24",
        "do:repository:acme", "do:tag:a.b", "do:bucket:x"})
    void nameWithoutTheFormOfItsTypeIsRefused(String text) {
        try {
            assertThat(CanonicalName.fault(new ResourceName(text))).isPresent();
        } catch (IllegalArgumentException noName) {
            assertThat(text).contains("..");
        }
    }

    @ParameterizedTest
    @CsvSource({"do:snapshot:7, do:image:7", "do:image:7, do:snapshot:7", "do:image:*, do:snapshot:*", "do:droplet:7, ''", "do:snapshot:" + UUID + ", ''"})
    void snapshotOfDropletIsAnImageToo(String name, String other) {
        assertThat(CanonicalName.otherNames(new ResourceName(name))).map(ResourceName::value)
            .isEqualTo(other.isEmpty() ? java.util.List.of() : java.util.List.of(other));
    }

    @Test
    void uuidWithoutHyphensAndLettersIsNoNumber() {
        for (String type : List.of("snapshot", "agent", "some_new_type")) {
            assertThat(CanonicalName.of(new ResourceName("do:" + type + ":" + "0".repeat(32)))).isInstanceOfSatisfying(CanonicalName.Spelling.Another.class,
                another -> assertThat(another.right()).isEqualTo(new ResourceName("do:" + type + ":00000000-0000-0000-0000-000000000000")));
        }
    }
}
