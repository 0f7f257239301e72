package dev.postern.token.call;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** The table of the provider's operations. Immutable; made once. */
public final class Operations {
    private Operations() { }

    /** The table that comes with the service. @throws IllegalStateException if it is missing or broken: the service must not start */
    public static Operations bundled() {
        return new Operations();
    }

    /** Reads a table: a JSON array, one operation a line. @throws IllegalStateException if it is broken */
    public static Operations read(InputStream json) {
        return new Operations();
    }

    /**
     * Which operation a method and a path are. A literal segment wins over a parameter, as in the provider's own router; two operations never match.
     *
     * @param method   upper case; HEAD matches GET
     * @param segments the path's segments, decoded once, none empty: {@code [v2, firewalls, 7]}
     */
    public Match match(String method, List<String> segments) {
        return new Match.Unknown();
    }

    /** The operation of that name. */
    public Optional<Operation> byId(OperationId id) {
        return Optional.empty();
    }

    /** All, those that are not served too, in the order of the document. */
    public List<Operation> all() {
        return List.of();
    }
}
