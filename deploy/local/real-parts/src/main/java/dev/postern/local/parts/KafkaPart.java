// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/** One real Kafka broker (KRaft). It comes back on the same port, with its records, after each of the ways to go away. */
public interface KafkaPart extends Part {
    /** Returns {@code bootstrap.servers}: one {@code host:port}, the same for the life of the part. */
    String bootstrapServers();

    /** Freezes the broker: connections stay, nothing is answered (a long pause, a cut network). */
    void pause();

    /** Thaws what {@link #pause()} froze. */
    void resume();

    /** An admin client for this broker; the caller closes it. */
    default Admin admin() {
        return Admin.create(Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers(),
            AdminClientConfig.CLIENT_ID_CONFIG, "real-parts-admin"));
    }

    /** Creates the topics and waits until they have leaders; those that exist already stay as they are. The broker itself creates none. */
    default void createTopics(Collection<NewTopic> topics) {
        try (Admin admin = admin()) {
            for (var created : admin.createTopics(topics).values().values()) {
                try {
                    created.get(30, TimeUnit.SECONDS);
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof TopicExistsException)) {
                        throw new IllegalStateException("Topic not created", e.getCause());
                    }
                }
            }
            List<String> names = topics.stream().map(NewTopic::name).toList();
            Waiting.until("leaders of the topics " + names, Duration.ofSeconds(30), () -> admin.describeTopics(names)
                .allTopicNames().get(10, TimeUnit.SECONDS).values().stream()
                .allMatch(topic -> topic.partitions().stream().allMatch(partition -> partition.leader() != null)));
        } catch (Exception e) {
            throw PartFailed.because("Topics could not be created", e);
        }
    }
}
