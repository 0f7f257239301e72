// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.postern.events.CanonicalName;
import dev.postern.events.ResourceName;
import dev.postern.token.operation.Answer;
import dev.postern.token.operation.Operation;
import dev.postern.token.operation.ResourceTypes;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever the table knows of can be named in a grant, by each of its spellings. */
class EveryKindOfResourceTest {
    @Test
    void everyTypeOfTheTableHasANameAndTheTableWritesItInOneWay() {
        Set<String> types = types();
        assertThat(types).hasSizeGreaterThan(50);
        for (String type : types) {
            assertThatCode(() -> ResourceTypes.whole(type)).as(type).doesNotThrowAnyException();
            assertThat(ResourceTypes.single(type, "x")).isEqualTo(new ResourceName("do:" + type + ":x"));
        }
    }

    @Test
    void everySpellingOfATypeIsANameOfATypeThatTheTableHas() {
        Set<String> types = types();
        assertThat(ResourceTypes.spellings()).hasSizeGreaterThan(15).allSatisfy(spelling -> {
            ResourceName name = ResourceTypes.canonical(new ResourceName("do:" + spelling + ":x"));
            assertThat(types).contains(name.type().substring(3));
            assertThat(types).as("a spelling that is a type of its own").doesNotContain(spelling);
        });
    }

    /** Names that the provider allows: addresses of either version, tags of any permitted letter. */
    @ParameterizedTest
    @CsvSource({"GET, /v2/reserved_ipv6/2604:a880:800:14::42c3:d000, do:reserved_ip:2604:a880:800:14::42c3:d000, reserved_ip:read",
        "GET, /v2/reserved_ips/203.0.113.7, do:reserved_ip:203.0.113.7, reserved_ip:read", "GET, /v2/tags/:odd, do:tag::odd, tag:read",
        "GET, /v2/tags/_odd-, do:tag:_odd-, tag:read", "GET, /v2/tags/-, do:tag:-, tag:read",
        "GET, /v2/kubernetes/clusters/bd5f5959, do:kubernetes:bd5f5959, kubernetes:read"})
    void aGrantOfThatNameCoversTheCallAndNoOther(String method, String path, String name, String scope) {
        assertThat(Calls.decide(method, path, null, name + " " + scope)).isNotInstanceOf(CallVerdict.Refused.class);
        assertThat(Calls.decide(method, path, null, name + "0 " + scope)).isInstanceOf(CallVerdict.Refused.class);
    }

    /** A name that policy did not know as the thing's own: a grant of it, asked for before such names were refused, covers nothing. */
    @ParameterizedTest
    @CsvSource({"DELETE, /v2/reserved_ipv6/2604:a880:800:14::42c3:d000, do:reservedipv6:2604:a880:800:14::42c3:d000, do:reserved_ip:*, reserved_ip:delete",
        "GET, /v2/reserved_ips/203.0.113.7, do:floatingip:203.0.113.7, do:reserved_ip:*, reserved_ip:read",
        "GET, /v2/kubernetes/clusters/bd5f5959, do:k8s:bd5f5959, do:kubernetes:*, kubernetes:read",
        "GET, /v2/droplets/0300201, do:droplet:0300201, do:droplet:*, droplet:read", "GET, /v2/droplets/300201, do:droplet:0300201, do:droplet:*, droplet:read",
        "GET, /v2/domains/Billing.Example, do:domain:Billing.Example, do:domain:*, domain:read",
        "GET, /v2/domains/billing.example., do:domain:billing.example., do:domain:*, domain:read",
        "GET, /v2/tags/Billing, do:tag:Billing, do:tag:*, tag:read",
        "GET, /v2/firewalls/BB4B2611-3D72-467B-8602-280330ECD65C, do:firewall:BB4B2611-3D72-467B-8602-280330ECD65C, do:firewall:*, firewall:read",
        "GET, /v2/projects/default, do:project:default, do:project:*, project:read",
        "GET, /v2/registry, do:registry:account.default, do:registry:*, registry:read",
        "GET, /v2/images/ubuntu-24-04-x64, do:image:ubuntu-24-04-x64, do:image:*, image:read",
        "GET, /v2/account/keys/3b:16:bf:e4, do:ssh_key:3b:16:bf:e4, do:ssh_key:*, ssh_key:read"})
    void aGrantOfASecondNameCoversNothingAndOneOfTheWholeTypeDoes(String method, String path, String name, String whole, String scope) {
        assertThat(Calls.decide(method, path, null, name + " " + scope)).isInstanceOf(CallVerdict.Refused.class);
        assertThat(Calls.decide(method, path, null, whole + " " + scope)).isNotInstanceOf(CallVerdict.Refused.class);
    }

    /** Every type of the table has a form of names that the edge knows, so that nothing else can be asked for. */
    @Test
    void everyNameOfTheTableHasOneSpelling() {
        for (String type : types()) {
            assertThat(CanonicalName.fault(new ResourceName("do:" + type + ":*"))).as(type).isEmpty();
            assertThat(CanonicalName.fault(new ResourceName("do:" + type + ":BB4B2611-3D72-467B-8602-280330ECD65C"))).as(type).isPresent();
        }
    }

    private static Set<String> types() {
        Set<String> types = new TreeSet<>();
        for (Operation operation : Calls.OPERATIONS.all()) {
            operation.places().forEach(place -> {
                types.add(place.type());
                types.addAll(place.wholeTypes());
                place.within().ifPresent(within -> types.add(within.type()));
            });
            operation.wholeTypes().forEach(whole -> types.add(whole.type()));
            operation.embedded().forEach(embedded -> types.add(embedded.type()));
            operation.creates().ifPresent(creates -> types.add(creates.type()));
            List<Answer.Identity> shown = operation.answer() instanceof Answer.Collection list ? list.identities()
                : operation.answer() instanceof Answer.Item item ? item.identities() : List.of();
            shown.forEach(identity -> identity.type().ifPresent(types::add));
        }
        // A place that says itself which type it names.
        types.remove("");
        return types;
    }
}
