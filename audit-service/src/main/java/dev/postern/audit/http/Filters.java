// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.http;

import dev.postern.audit.Fact;
import dev.postern.audit.Facts;
import dev.postern.audit.Filter;
import dev.postern.edge.Problem;
import dev.postern.edge.Query;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.CanonicalName;
import dev.postern.events.PolicyId;
import dev.postern.events.ResourceName;
import dev.postern.events.ServiceName;
import dev.postern.events.SourceAddress;
import dev.postern.events.TokenId;
import dev.postern.events.Topic;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads the search parameters of an auditor: one for each kind of fact, and the time window. */
final class Filters {
    private static final String FROM = "from";
    private static final String TO = "to";
    private static final Set<String> TOPICS = Arrays.stream(Topic.values()).filter(topic -> topic != Topic.AUDIT_LOG).map(Topic::topicName)
        .collect(Collectors.toUnmodifiableSet());

    private static final Set<String> TYPES = Arrays.stream(Topic.values()).filter(topic -> topic != Topic.AUDIT_LOG).map(Topic::type)
        .collect(Collectors.toUnmodifiableSet());
    private static final Instant TIME_MAX = Instant.parse("9999-01-01T00:00:00Z");
    private static final String SERVICE_URN = "service:";
    private static final String MAPPED = "::ffff:";
    private static final int MAPPED_BITS = 96;
    private static final Pattern UUID = Pattern.compile("[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}");

    private static final Pattern KIND_OF_CREDENTIAL = Pattern.compile("[a-z][a-z0-9]*(?:-[a-z0-9]+)*");

    private Filters() {}

    /** The names of all parameters of a filter, and {@code others}. */
    static String[] parametersAnd(String... others) {
        Stream<String> facts = Arrays.stream(Fact.Kind.values()).map(Fact.Kind::word);
        return Stream.of(facts, Stream.of(FROM, TO), Stream.of(others)).flatMap(names -> names).toArray(String[]::new);
    }

    /** The filter that a query asks for. */
    static Filter of(Query query) {
        Optional<Instant> from = time(query, FROM);
        Optional<Instant> to = time(query, TO);
        if (from.isPresent() && to.isPresent() && !from.get().isBefore(to.get())) {
            throw Problem.badRequest("empty-window", "?" + TO, "must be later than from");
        }
        List<Fact.Kind> words = Arrays.stream(Fact.Kind.values()).filter(kind -> kind != Fact.Kind.ADDRESS).toList();
        return new Filter(facts(query, words), query.parse(Fact.Kind.ADDRESS.word(), "invalid-address", Filters::address), from, to);
    }

    /** Only the topic. */
    static Filter ofTopic(Query query) {
        return new Filter(facts(query, List.of(Fact.Kind.TOPIC)), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static SortedSet<Fact> facts(Query query, List<Fact.Kind> kinds) {
        SortedSet<Fact> facts = new TreeSet<>();
        kinds.forEach(kind -> {
            if (query.text(kind.word()).filter(String::isEmpty).isPresent()) {
                throw Problem.badRequest("empty", "?" + kind.word(), "must have a value");
            }
            value(query, kind).ifPresent(value -> facts.add(new Fact(kind, value)));
        });
        return facts;
    }

    /** The value in the one spelling in which events write it. A value that no event can have is refused: an empty answer would mean that nothing happened. */
    private static Optional<String> value(Query query, Fact.Kind kind) {
        String name = kind.word();
        return switch (kind) {
            case TOPIC -> query.choice(name, TOPICS);
            case TYPE -> query.choice(name, TYPES);
            case OUTCOME -> query.text(name).map(Filters::lower).map(value -> {
                if (!Facts.OUTCOMES.contains(value)) {
                    throw Problem.badRequest("unknown-value", "?" + name, "one of " + String.join(", ", Facts.OUTCOMES));
                }
                return value;
            });
            case REQUEST_ID -> query.parse(name, "invalid-id", value -> AccessRequestId.of(lower(value)).toString());
            case TOKEN_ID -> query.parse(name, "invalid-id", value -> TokenId.of(lower(value)).toString());
            case KEY -> query.text(name).map(value -> isUuid(value) ? lower(value) : value);
            case SERVICE -> query.parse(name, "invalid-service",
                value -> new ServiceName(lower(value.startsWith(SERVICE_URN) ? value.substring(SERVICE_URN.length()) : value)).toString());
            case ACCOUNT -> query.parse(name, "invalid-account", value -> new AccountName(lower(value)).toString());
            case POLICY -> query.parse(name, "invalid-policy", value -> new PolicyId(lower(value)).toString());
            case RESOURCE -> query.parse(name, "invalid-resource", Filters::resource);
            case HANDS_OUT -> query.parse(name, "invalid-kind", Filters::kindOfCredential);
            case ACTOR, CLIENT, ON_BEHALF_OF -> query.text(name);
            case ADDRESS -> throw new IllegalStateException("an address is no word");
        };
    }

    /** Returns whether a text has the form of a UUID, in either case. */
    static boolean isUuid(String text) {
        return UUID.matcher(text).matches();
    }

    private static String kindOfCredential(String value) {
        if (!KIND_OF_CREDENTIAL.matcher(lower(value)).matches()) {
            throw new IllegalArgumentException("must be a kind of credential, such as kubeconfig or docker-credentials");
        }
        return lower(value);
    }

    private static String resource(String value) {
        if (value.indexOf(':') < 0) {
            throw new IllegalArgumentException("must be a URN, such as service:shop-db or do:droplet:300201");
        }
        ResourceName name = new ResourceName(value.startsWith(SERVICE_URN) ? lower(value) : value);
        CanonicalName.Spelling spelling = CanonicalName.of(name);
        if (spelling instanceof CanonicalName.Spelling.Unknown unknown) {
            throw new IllegalArgumentException(unknown.why());
        }
        return spelling instanceof CanonicalName.Spelling.Another another ? another.right().toString() : name.toString();
    }

    /** Also takes what Node and .NET write of an IPv4 peer, ::ffff:203.0.113.7. */
    private static SourceAddress address(String value) {
        boolean mapped = value.indexOf('.') > 0 && lower(value).startsWith(MAPPED);
        try {
            return SourceAddress.canonicalOf(mapped ? ipv4(value.substring(MAPPED.length())) : value);
        } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException(refused.getMessage() + ", such as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/48", refused);
        }
    }

    /** The IPv4 address or block behind the prefix of IPv4-mapped ones, whose 96 bits count there. */
    private static String ipv4(String mapped) {
        int slash = mapped.indexOf('/');
        return slash < 0 ? mapped : mapped.substring(0, slash + 1) + (Integer.parseInt(mapped.substring(slash + 1)) - MAPPED_BITS);
    }

    private static String lower(String value) {
        return value.toLowerCase(Locale.ROOT);
    }

    private static Optional<Instant> time(Query query, String name) {
        return query.text(name).map(text -> {
            try {
                Instant time = OffsetDateTime.parse(text).toInstant();
                if (!time.isBefore(Instant.EPOCH) && !time.isAfter(TIME_MAX)) {
                    return time;
                }
            } catch (DateTimeParseException notRfc3339) {
                throw invalidTime(name);
            }
            throw invalidTime(name);
        });
    }

    private static Problem invalidTime(String name) {
        return Problem.badRequest("invalid-time", "?" + name, "must be a date and time with an offset (RFC 3339) from 1970 to 9998,"
            + " such as 2026-11-27T00:00:00Z; in a URL, write %2B for the + of an offset");
    }
}
