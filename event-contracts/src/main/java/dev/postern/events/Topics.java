// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** All topics with their settings: one list for the local stack, for tests and for the creation of topics in a cluster. */
public final class Topics {
    private static final Duration DEAD_LETTERS_KEPT = Duration.ofDays(90);

    private Topics() {}

    /**
     * Definition of a topic for a broker.
     *
     * @param name       its name
     * @param partitions how many
     * @param config     Kafka's topic settings
     */
    public record Definition(String name, int partitions, Map<String, String> config) {}

    /** Every topic, each followed by the topic of its dead letters. */
    public static List<Definition> definitions() {
        List<Definition> all = new ArrayList<>();
        for (Topic topic : Topic.values()) {
            Map<String, String> config = topic.kept().retention()
                .map(kept -> Map.of("cleanup.policy", "delete", "retention.ms", Long.toString(kept.toMillis())))
                .orElse(Map.of("cleanup.policy", "compact"));
            all.add(new Definition(topic.topicName(), topic.partitions(), config));
            all.add(new Definition(topic.deadLetterTopic(), topic.partitions(),
                Map.of("cleanup.policy", "delete", "retention.ms", Long.toString(DEAD_LETTERS_KEPT.toMillis()))));
        }
        return List.copyOf(all);
    }
}
