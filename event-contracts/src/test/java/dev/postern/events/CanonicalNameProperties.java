// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Spellings of one resource: at most one of them is canonical. */
class CanonicalNameProperties {
    @Property
    void everyOtherSpellingLeadsToTheCanonicalName(@ForAll("canonical") ResourceName name) {
        assertThat(CanonicalName.of(name)).isInstanceOf(CanonicalName.Spelling.Canonical.class);
        for (String spelling : spellings(name)) {
            assertThat(CanonicalName.of(new ResourceName(spelling))).as(spelling).isInstanceOfSatisfying(CanonicalName.Spelling.Another.class,
                another -> assertThat(another.right()).isEqualTo(name));
        }
    }

    @Property(tries = 5000)
    void whatIsToBeWrittenInsteadIsCanonical(@ForAll("any") String text) {
        ResourceName name;
        try {
            name = new ResourceName(text);
        } catch (IllegalArgumentException none) {
            return;
        }
        if (CanonicalName.of(name) instanceof CanonicalName.Spelling.Another another) {
            assertThat(CanonicalName.of(another.right())).as(text).isInstanceOf(CanonicalName.Spelling.Canonical.class);
            assertThat(another.right()).isNotEqualTo(name);
        }
    }

    /** Spellings that readers of the provider take for the same thing. */
    private static List<String> spellings(ResourceName name) {
        List<String> spellings = new ArrayList<>();
        String type = name.type().substring("do:".length());
        String id = name.id();
        CanonicalName.otherTypeNames().stream().filter(other -> CanonicalName.type(other).equals(type))
            .forEach(other -> spellings.add("do:" + other + ":" + id));
        if (!id.equals(id.toUpperCase(Locale.ROOT))) {
            spellings.add("do:" + type + ":" + id.toUpperCase(Locale.ROOT));
        }
        if (id.chars().allMatch(Character::isDigit)) {
            spellings.add("do:" + type + ":0" + id);
            spellings.add("do:" + type + ":000" + id);
        }
        if (id.length() == 36 && id.charAt(8) == '-') {
            spellings.add("do:" + type + ":" + id.replace("-", ""));
            spellings.add("do:" + type + ":urn:uuid:" + id);
        }
        if ("domain".equals(type)) {
            spellings.add("do:domain:" + id + ".");
        }
        return spellings;
    }

    @Provide
    Arbitrary<ResourceName> canonical() {
        Arbitrary<String> number = Arbitraries.longs().between(1, 999_999_999_999L).map(String::valueOf);
        Arbitrary<String> uuid = Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as((high, low) -> new java.util.UUID(high, low).toString());
        Arbitrary<String> word = Arbitraries.strings().withCharRange('a', 'z').ofMinLength(3).ofMaxLength(12);
        return Arbitraries.oneOf(
            Combinators.combine(Arbitraries.of("droplet", "image", "ssh_key", "snapshot"), number).as((type, id) -> "do:" + type + ":" + id),
            Combinators.combine(Arbitraries.of("firewall", "database", "kubernetes", "load_balancer", "volume", "snapshot", "app", "agent", "vpc_peering",
                "nat_gateway", "project"), uuid).as((type, id) -> "do:" + type + ":" + id),
            Combinators.combine(Arbitraries.of("tag", "registry", "bucket"), word).as((type, id) -> "do:" + type + ":" + id),
            word.map(label -> "do:domain:" + label + ".example"),
            Combinators.combine(word, word).as((registry, name) -> "do:repository:" + registry + "/" + name)).map(ResourceName::new);
    }

    @Provide
    Arbitrary<String> any() {
        List<String> types = new ArrayList<>(CanonicalName.otherTypeNames());
        types.addAll(List.of("droplet", "image", "ssh_key", "snapshot", "firewall", "project", "tag", "domain", "registry", "repository", "bucket",
            "reserved_ip", "function_namespace", "x"));
        Arbitrary<String> id = Arbitraries.strings().withChars("09aAfF._:-/*@").ofMinLength(1).ofMaxLength(40);
        Arbitrary<String> hex = Arbitraries.strings().withChars("0123456789abcdefABCDEF-").ofMinLength(30).ofMaxLength(37);
        return Combinators.combine(Arbitraries.of(types), Arbitraries.oneOf(id, hex)).as((type, one) -> "do:" + type + ":" + one);
    }
}
