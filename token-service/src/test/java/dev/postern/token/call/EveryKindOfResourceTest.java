package dev.postern.token.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.postern.events.ResourceName;
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

    /** What the provider lets somebody call a thing: an address of either version, a tag of any of its letters, a slug, a fingerprint. */
    @ParameterizedTest
    @CsvSource({"GET, /v2/reserved_ipv6/2604:a880:800:14::42c3:d000, do:reserved_ipv6:2604:a880:800:14::42c3:d000, reserved_ip:read",
        "DELETE, /v2/reserved_ipv6/2604:a880:800:14::42c3:d000, do:reservedipv6:2604:a880:800:14::42c3:d000, reserved_ip:delete",
        "GET, /v2/reserved_ips/203.0.113.7, do:floatingip:203.0.113.7, reserved_ip:read", "GET, /v2/tags/:odd, do:tag::odd, tag:read",
        "GET, /v2/tags/_odd-, do:tag:_odd-, tag:read", "GET, /v2/tags/-, do:tag:-, tag:read", "GET, /v2/kubernetes/clusters/bd5f5959, do:k8s:bd5f5959, kubernetes:read",
        "GET, /v2/images/ubuntu-24-04-x64, do:image:ubuntu-24-04-x64, image:read",
        "GET, /v2/account/keys/3b:16:bf:e4, do:ssh_key:3b:16:bf:e4, ssh_key:read"})
    void aGrantOfThatNameCoversTheCallAndNoOther(String method, String path, String name, String scope) {
        assertThat(Calls.decide(method, path, null, name + " " + scope)).isNotInstanceOf(CallVerdict.Refused.class);
        assertThat(Calls.decide(method, path, null, name + "0 " + scope)).isInstanceOf(CallVerdict.Refused.class);
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
