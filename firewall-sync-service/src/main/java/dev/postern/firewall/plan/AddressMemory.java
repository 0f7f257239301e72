package dev.postern.firewall.plan;

import dev.postern.events.SourceAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Addresses that were read before, by the text in which they came. Reading one takes microseconds, and an activation reads every address of a service
 * three times over; the same text always gives the same address, so nothing here can be out of date. Safe for use by many threads.
 */
public final class AddressMemory {
    /** Interned addresses of this process: tables and providers name the same addresses, so equal ones are held once and compared by identity. */
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
