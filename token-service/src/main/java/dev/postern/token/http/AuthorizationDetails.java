// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.edge.Violations;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.AuthorizationDetail.Constraints;
import dev.postern.events.AuthorizationDetail.ContainerRegistry;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.AuthorizationDetail.FirewallOpening;
import dev.postern.events.CanonicalName;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.ResourceName;
import dev.postern.events.SourceAddress;
import dev.postern.token.Limits;
import dev.postern.token.call.BodySchema;
import dev.postern.token.call.Work;
import dev.postern.token.operation.Operations;
import java.net.IDN;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * The entries of {@code authorization_details}, whose form the schema has checked already. Another spelling than the canonical one is refused, with
 * the canonical one in the answer: what is stored, signed off, opened and searched for is then, to the letter, what the client sent.
 *
 * @param all the entries
 */
record AuthorizationDetails(List<AuthorizationDetail> all) {
    private static final Operations OPERATIONS = Operations.bundled();
    private static final String DOMAIN = "do:domain:";
    /** Prefix of a Postern token. */
    private static final String SECRET = "pst_";
    private static final Pattern REPOSITORY = Pattern.compile("do:repository:[a-z0-9][a-z0-9-]{0,62}/[a-z0-9][a-z0-9._/-]{0,190}");

    static AuthorizationDetails read(JsonNode entries, Violations violations) {
        List<AuthorizationDetail> details = new ArrayList<>();
        Work work = Work.ofRequest();
        for (int index = 0; index < entries.size(); index++) {
            entry(entries.get(index), "/authorization_details/" + index, work, violations).ifPresent(details::add);
        }
        if (details.size() == entries.size()) {
            checkOpenings(details, violations);
        }
        return new AuthorizationDetails(details);
    }

    private static Optional<AuthorizationDetail> entry(JsonNode entry, String pointer, Work work, Violations violations) {
        ResourceName identifier = violations.parse(pointer + "/identifier", "identifier", () -> identifier(entry.get("identifier").textValue()));
        switch (entry.get("type").textValue()) {
            case FirewallOpening.TYPE:
                return opening(entry, identifier, pointer, violations);
            case DigitalOceanApi.TYPE:
                return calls(entry, identifier, pointer, work, violations);
            default:
                return images(entry, identifier, pointer, violations);
        }
    }

    /** A name in its one spelling. @throws IllegalArgumentException for any other; the message has the right one, where there is one */
    private static ResourceName identifier(String text) {
        ResourceName name;
        try {
            name = new ResourceName(text);
        } catch (IllegalArgumentException noName) {
            throw new IllegalArgumentException(aLabels(text).map(right -> "has letters beyond ASCII; write " + right).orElse(noName.getMessage()));
        }
        CanonicalName.Spelling spelling = CanonicalName.of(name);
        if (spelling instanceof CanonicalName.Spelling.Another another) {
            // Nothing that may be a secret is repeated.
            throw new IllegalArgumentException(text.toLowerCase(Locale.ROOT).contains(SECRET) ? another.why() : another.message(name));
        }
        if (spelling instanceof CanonicalName.Spelling.Unknown unknown) {
            throw new IllegalArgumentException(unknown.why());
        }
        return name;
    }

    /** The name of a domain with other letters than ASCII's, in A-labels (RFC 5890). */
    private static Optional<String> aLabels(String text) {
        if (!text.startsWith(DOMAIN) || text.chars().allMatch(one -> one < 0x80)) {
            return Optional.empty();
        }
        try {
            return Optional.of(DOMAIN + IDN.toASCII(text.substring(DOMAIN.length())).toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException noDomain) {
            return Optional.empty();
        }
    }

    private static Optional<AuthorizationDetail> opening(JsonNode entry, ResourceName identifier, String pointer, Violations violations) {
        boolean named = identifier != null && violations.parse(pointer + "/identifier", "identifier", () -> identifier.service()
            .orElseThrow(() -> new IllegalArgumentException("a firewall_opening is of service:<name>"))) != null;
        PortRange ports = violations.parse(pointer + "/ports", "ports", () -> PortRange.of(entry.get("ports").textValue()));
        Optional<List<SourceAddress>> sources = each(entry.get("sources"), pointer + "/sources", "canonical-address", SourceAddress::new, violations);
        Protocol protocol = "tcp".equals(entry.get("protocol").textValue()) ? Protocol.TCP : Protocol.UDP;
        return named && ports != null ? sources.map(all -> new FirewallOpening(identifier, protocol, ports, all)) : Optional.empty();
    }

    private static Optional<AuthorizationDetail> calls(JsonNode entry, ResourceName identifier, String pointer, Work work,
                                                       Violations violations) {
        boolean named = identifier != null && identifier.service().isEmpty();
        if (identifier != null && !named) {
            violations.add(pointer + "/identifier", "identifier", "a digitalocean_api entry is of do:<type>:<id>");
        }
        boolean sound = identifier == null || !named || scopesFit(entry.get("actions"), identifier, pointer, violations);
        if (identifier != null && !identifier.wildcard() && entry.at("/constraints/own_created").asBoolean()) {
            violations.add(pointer + "/constraints/own_created", "own-created", "goes with an identifier that ends in *: do:<type>:*");
        }
        Optional<Constraints> constraints = Optional.empty();
        if (entry.has("constraints")) {
            constraints = constraints(entry.get("constraints"), pointer + "/constraints", work, violations);
            sound &= constraints.isPresent();
        }
        return named && sound ? Optional.of(new DigitalOceanApi(identifier, texts(entry.get("actions")), constraints)) : Optional.empty();
    }

    /** A scope that no call asks for on such a resource would open nothing today, and who knows what tomorrow. */
    private static boolean scopesFit(JsonNode actions, ResourceName identifier, String pointer, Violations violations) {
        String type = identifier.type().substring("do:".length());
        Set<String> known = OPERATIONS.scopesOf(type);
        if (known.isEmpty()) {
            violations.add(pointer + "/identifier", "identifier", "no call of the provider names a resource of this type");
            return false;
        }
        boolean fit = true;
        for (int index = 0; index < actions.size(); index++) {
            if (!known.contains(actions.get(index).textValue())) {
                violations.add(pointer + "/actions/" + index, "scope",
                    "no call asks for this scope on " + identifier.type() + "; those that can be asked for: " + String.join(", ", new TreeSet<>(known)));
                fit = false;
            }
        }
        return fit;
    }

    private static Optional<Constraints> constraints(JsonNode json, String pointer, Work work, Violations violations) {
        Optional<JsonNode> bodySchema = Optional.ofNullable(json.get("body_schema"));
        boolean fits = bodySchema.map(schema -> bodySchema(schema, pointer + "/body_schema", work, violations)).orElse(true);
        Optional<List<SourceAddress>> addresses = json.has("client_addresses")
            ? each(json.get("client_addresses"), pointer + "/client_addresses", "canonical-address", SourceAddress::new, violations)
            : Optional.of(List.of());
        return fits && addresses.isPresent()
            ? Optional.of(new Constraints(Optional.ofNullable(json.get("methods")).map(AuthorizationDetails::texts), bodySchema,
                Optional.ofNullable(json.get("query")).map(AuthorizationDetails::query),
                Optional.ofNullable(json.get("max_calls")).map(JsonNode::intValue),
                Optional.ofNullable(json.get("max_calls_per_minute")).map(JsonNode::intValue),
                addresses.filter(all -> !all.isEmpty()), Optional.ofNullable(json.get("own_created")).map(JsonNode::booleanValue),
                Optional.ofNullable(json.get("outlives")).map(JsonNode::booleanValue)))
            : Optional.empty();
    }

    /** A schema that could not be compiled later must not be granted: the token would open nothing. */
    private static boolean bodySchema(JsonNode schema, String pointer, Work work, Violations violations) {
        Optional<BodySchema.Fault> fault = BodySchema.fault(schema, work);
        fault.ifPresent(found -> violations.add(pointer + found.pointer(), found.rule(), found.message()));
        return fault.isEmpty();
    }

    private static Map<String, List<String>> query(JsonNode json) {
        Map<String, List<String>> query = new LinkedHashMap<>();
        json.properties().forEach(parameter -> query.put(parameter.getKey(), texts(parameter.getValue())));
        return query;
    }

    private static Optional<AuthorizationDetail> images(JsonNode entry, ResourceName identifier, String pointer, Violations violations) {
        if (identifier == null) {
            return Optional.empty();
        }
        if (!REPOSITORY.matcher(identifier.value()).matches()) {
            violations.add(pointer + "/identifier", "identifier", "a container_registry entry is of do:repository:<registry>/<name>");
            return Optional.empty();
        }
        return Optional.of(new ContainerRegistry(identifier, texts(entry.get("actions"))));
    }

    /** Each opening once, and no more than {@link Limits#OPENINGS_MAX} in all. */
    private static void checkOpenings(List<AuthorizationDetail> details, Violations violations) {
        Map<List<Object>, String> seen = new HashMap<>();
        int openings = 0;
        for (int index = 0; index < details.size(); index++) {
            if (details.get(index) instanceof FirewallOpening opening) {
                openings += opening.sources().size();
                for (int source = 0; source < opening.sources().size(); source++) {
                    String pointer = "/authorization_details/" + index + "/sources/" + source;
                    String first = seen.putIfAbsent(
                        List.of(opening.identifier(), opening.protocol(), opening.ports(), opening.sources().get(source)), pointer);
                    if (first != null) {
                        violations.add(pointer, "duplicate-opening", "the same opening stands at " + first);
                    }
                }
            }
        }
        if (openings > Limits.OPENINGS_MAX) {
            violations.add("/authorization_details", "too-many-openings", "at most " + Limits.OPENINGS_MAX + " sources in all entries together");
        }
    }

    private static <T> Optional<List<T>> each(JsonNode texts, String pointer, String rule, Function<String, T> parser, Violations violations) {
        List<T> read = new ArrayList<>();
        for (int index = 0; index < texts.size(); index++) {
            String text = texts.get(index).textValue();
            T one = violations.parse(pointer + "/" + index, rule, () -> parser.apply(text));
            if (one != null) {
                read.add(one);
            }
        }
        return read.size() == texts.size() ? Optional.of(read) : Optional.empty();
    }

    private static List<String> texts(JsonNode texts) {
        return StreamSupport.stream(texts.spliterator(), false).map(JsonNode::textValue).toList();
    }
}
