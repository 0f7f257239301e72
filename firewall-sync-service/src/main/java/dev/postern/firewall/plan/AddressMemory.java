// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.plan;

import dev.postern.events.SourceAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A bounded cache of parsed addresses by their text. Parsing one takes microseconds, and a run reads every address of a service three times; the same text
 * always gives the same address, so an entry is never stale. Thread-safe.
 */
public final class AddressMemory {
    /** The cache of this process: tables and providers name the same addresses. Nothing depends on two equal addresses being one instance. */
    public static final AddressMemory SHARED = new AddressMemory(200_000);

    private final Map<String, Optional<SourceAddress>> byText = new ConcurrentHashMap<>();
    private final int sizeMax;

    /** @param sizeMax how many texts it holds before it starts anew */
    public AddressMemory(int sizeMax) {
        this.sizeMax = sizeMax;
    }

    /** The address in its canonical form; empty if the text is none. */
    public Optional<SourceAddress> read(String text) {
        Optional<SourceAddress> known = byText.get(text);
        if (known != null) {
            return known;
        }
        Optional<SourceAddress> fresh = canonical(text);
        if (byText.size() >= sizeMax) {
            byText.clear();
        }
        byText.put(text, fresh);
        return fresh;
    }

    private static Optional<SourceAddress> canonical(String text) {
        try {
            return Optional.of(SourceAddress.canonicalOf(text));
        } catch (IllegalArgumentException otherForm) {
            return Optional.empty();
        }
    }
}
