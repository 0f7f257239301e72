// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import dev.postern.local.simulated.AddressRange;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Since when which range is in the list of one name, and until when it was. A rule of the operator's lets in what is in the list. */
final class History {
    private static final int LEFT_KEPT_MAX = 100_000;

    private final Map<String, Spell> in = new HashMap<>();
    private final Map<String, Spell> left = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Spell> eldest) {
            return size() > LEFT_KEPT_MAX;
        }
    };

    private record Spell(AddressRange range, long sinceMicros) {
    }

    void now(Collection<Item> items, long atMicros) {
        Set<String> keys = new HashSet<>();
        for (Item item : items) {
            keys.add(item.key());
            in.computeIfAbsent(item.key(), key -> new Spell(item.content().range(), atMicros));
        }
        in.entrySet().removeIf(entry -> {
            boolean gone = !keys.contains(entry.getKey());
            if (gone) {
                left.put(entry.getKey(), new Spell(entry.getValue().range(), atMicros));
            }
            return gone;
        });
        left.keySet().removeAll(keys);
    }

    Reachability of(AddressRange source) {
        Optional<Long> since = instants(in, source).min(Long::compare);
        return since.isPresent() ? new Reachability(true, since.get()) : new Reachability(false, instants(left, source).max(Long::compare).orElse(null));
    }

    private static Stream<Long> instants(Map<String, Spell> spells, AddressRange source) {
        return spells.values().stream().filter(spell -> spell.range().contains(source)).map(Spell::sinceMicros);
    }
}
