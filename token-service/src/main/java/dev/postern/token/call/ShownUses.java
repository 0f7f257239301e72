// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.events.ResourceName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares the uses of one place that a body says with those that the provider shows there. Each use is looked up by its name and by what stands beside it,
 * which is written out once: a client chooses how many there are, and how large the elements are in which they stand. For one thread.
 */
final class ShownUses {
    private final Work work;
    private final Map<JsonNode, Optional<String>> contexts = new IdentityHashMap<>();
    private final Map<Name, Set<String>> shown = new HashMap<>();
    private final Set<Name> sent = new HashSet<>();

    private record Name(Optional<ResourceName> resource, String value) {
        static Name of(CallReader.Use use) {
            return new Name(use.resource(), use.value());
        }
    }

    /** @param work that comparing draws from; where it is used up, every use counts as changed */
    ShownUses(List<CallReader.Use> sent, List<CallReader.Use> shown, Work work) {
        this.work = work;
        sent.forEach(use -> this.sent.add(Name.of(use)));
        shown.forEach(use -> context(use).ifPresent(beside -> this.shown.computeIfAbsent(Name.of(use), none -> new HashSet<>()).add(beside)));
    }

    /** Returns whether the provider shows the same name, and beside it in an element of a list just what was said; members that say nothing do not count. */
    boolean holds(CallReader.Use use) {
        return context(use).map(beside -> shown.getOrDefault(Name.of(use), Set.of()).contains(beside)).orElse(false);
    }

    /** Returns whether the body names what the provider shows. */
    boolean isSaid(CallReader.Use use) {
        return sent.contains(Name.of(use));
    }

    private Optional<String> context(CallReader.Use use) {
        Optional<String> known = contexts.get(use.context());
        if (known == null) {
            known = written(use.context());
            contexts.put(use.context(), known);
        }
        return known;
    }

    private Optional<String> written(JsonNode context) {
        try {
            return Optional.of(CanonicalJson.of(saying(context), work, Integer.MAX_VALUE));
        } catch (Work.Exhausted exhausted) {
            return Optional.empty();
        }
    }

    private static JsonNode saying(JsonNode context) {
        if (!context.isObject()) {
            return context;
        }
        ObjectNode saying = JsonNodeFactory.instance.objectNode();
        context.properties().stream().filter(member -> !BodyReader.saysNothing(member.getValue()))
            .forEach(member -> saying.set(member.getKey(), saying(member.getValue())));
        return saying;
    }
}
