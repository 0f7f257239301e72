// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.operation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The table of the provider's operations. Immutable; made once. */
public final class Operations {
    private static final String RESOURCE = "/digitalocean-operations.json";
    private static final String HEAD = "HEAD";
    private static final String GET = "GET";

    private final Map<OperationId, Operation> byId = new LinkedHashMap<>();
    private final ReferenceNames names;
    private final Map<String, Set<String>> scopesByType;
    private final Node root = new Node();

    private Operations(List<Operation> operations) {
        this.names = ReferenceNames.of(operations);
        this.scopesByType = ScopesByType.of(operations);
        for (Operation operation : operations) {
            if (byId.put(operation.id(), operation) != null) {
                throw new IllegalStateException("twice in the table: " + operation.id());
            }
            if (operation.served()) {
                root.add(operation);
            }
        }
    }

    /** The table that comes with the service. @throws IllegalStateException if it is missing or broken: the service must not start */
    public static Operations bundled() {
        try (InputStream table = Operations.class.getResourceAsStream(RESOURCE)) {
            if (table == null) {
                throw new IllegalStateException("no table of operations");
            }
            return read(table);
        } catch (IOException unreadable) {
            throw new IllegalStateException("table of operations cannot be read", unreadable);
        }
    }

    /** Reads a table: a JSON array, one operation a line. @throws IllegalStateException if it is broken */
    public static Operations read(InputStream json) {
        try {
            return read(new ObjectMapper().readTree(json));
        } catch (IOException | IllegalArgumentException broken) {
            throw new IllegalStateException("table of operations is broken: " + broken.getMessage(), broken);
        }
    }

    /** Reads a table. @throws IllegalArgumentException if it is broken */
    public static Operations read(JsonNode lines) {
        List<Operation> operations = new ArrayList<>();
        for (JsonNode line : lines) {
            operations.add(OperationJson.read(line));
        }
        return new Operations(operations);
    }

    /**
     * Which operation a method and a path are. A literal segment wins over a parameter, as in the provider's own router; two operations never match.
     *
     * @param method   upper case; HEAD matches GET
     * @param segments the path's segments, decoded once, none empty: {@code [v2, firewalls, 7]}
     */
    public Match match(String method, List<String> segments) {
        Node leaf = root.find(segments, 0);
        if (leaf == null) {
            return new Match.Unknown();
        }
        Operation operation = leaf.operations.get(HEAD.equals(method) ? GET : method);
        if (operation == null) {
            TreeSet<String> allowed = new TreeSet<>(leaf.operations.keySet());
            if (allowed.contains(GET)) {
                allowed.add(HEAD);
            }
            return new Match.MethodNotAllowed(allowed);
        }
        Map<String, String> parameters = new HashMap<>();
        for (int at = 0; at < segments.size(); at++) {
            String value = segments.get(at);
            Operation.parameter(operation.segments().get(at)).ifPresent(name -> parameters.put(name, value));
        }
        return new Match.Found(operation, parameters);
    }

    /** Returns true if a body member of this name may name a resource. */
    public boolean mayNameAResource(String member) {
        return names.member(member);
    }

    /** The operation of that name. */
    public Optional<Operation> byId(OperationId id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** All, those that are not served too, in the order of the document. */
    public List<Operation> all() {
        return List.copyOf(byId.values());
    }

    /**
     * The scopes that any served operation could ask of a resource of a type, by its id or as a whole. A grant of any other scope on the type opens nothing.
     *
     * @param type in any of its spellings
     */
    public Set<String> scopesOf(String type) {
        return scopesByType.getOrDefault(ResourceTypes.canonical(type), Set.of());
    }

    /** Names of members and parameters that may name a resource. */
    public ReferenceNames names() {
        return names;
    }

    /** A place in the tree of templates. */
    private static final class Node {
        private final Map<String, Node> literals = new HashMap<>();
        private final Map<String, Operation> operations = new HashMap<>();
        private Node parameter;

        void add(Operation operation) {
            Node node = this;
            for (String segment : operation.segments()) {
                if (Operation.parameter(segment).isPresent()) {
                    node.parameter = node.parameter == null ? new Node() : node.parameter;
                    node = node.parameter;
                } else {
                    node = node.literals.computeIfAbsent(segment, literal -> new Node());
                }
            }
            if (node.operations.put(operation.method(), operation) != null) {
                throw new IllegalStateException("two operations for " + operation.method() + " " + operation.template());
            }
        }

        /** The template for the path; a literal that leads to one is never left for a parameter, whatever the method. */
        Node find(List<String> segments, int at) {
            if (at == segments.size()) {
                return operations.isEmpty() ? null : this;
            }
            Node literal = literals.get(segments.get(at));
            Node found = literal == null ? null : literal.find(segments, at + 1);
            return found != null || parameter == null ? found : parameter.find(segments, at + 1);
        }
    }
}
