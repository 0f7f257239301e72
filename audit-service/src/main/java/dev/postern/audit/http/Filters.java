package dev.postern.audit.http;

import dev.postern.audit.Fact;
import dev.postern.audit.Filter;
import dev.postern.edge.Problem;
import dev.postern.edge.Query;
import dev.postern.events.Topic;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What an auditor may ask for, as query parameters: one for each kind of fact, and the window of time. */
final class Filters {
    private static final String FROM = "from";
    private static final String TO = "to";
    private static final Set<String> TOPICS =
        Arrays.stream(Topic.values()).filter(topic -> topic != Topic.AUDIT_LOG).map(Topic::topicName).collect(Collectors.toUnmodifiableSet());

    private Filters() { }

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
        query.choice(Fact.Kind.TOPIC.word(), TOPICS);
        return new Filter(facts(query, List.of(Fact.Kind.values())), from, to);
    }

    /** Only the topic. */
    static Filter ofTopic(Query query) {
        query.choice(Fact.Kind.TOPIC.word(), TOPICS);
        return new Filter(facts(query, List.of(Fact.Kind.TOPIC)), Optional.empty(), Optional.empty());
    }

    private static SortedSet<Fact> facts(Query query, List<Fact.Kind> kinds) {
        SortedSet<Fact> facts = new TreeSet<>();
        kinds.forEach(kind -> query.text(kind.word()).ifPresent(value -> {
            if (value.isEmpty()) {
                throw Problem.badRequest("empty", "?" + kind.word(), "must have a value");
            }
            facts.add(new Fact(kind, value));
        }));
        return facts;
    }

    private static Optional<Instant> time(Query query, String name) {
        return query.parse(name, "invalid-time", text -> {
            Instant time = OffsetDateTime.parse(text).toInstant();
            if (time.isBefore(Instant.EPOCH) || time.isAfter(Instant.parse("9999-01-01T00:00:00Z"))) {
                throw new IllegalArgumentException("a time from 1970 to 9998");
            }
            return time;
        });
    }
}
