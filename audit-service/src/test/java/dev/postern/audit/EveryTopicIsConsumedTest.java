// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.Topic;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class EveryTopicIsConsumedTest {
    @Test
    void everyTopicButTheLogsOwnIsAmongThoseOfTheChannel() throws IOException {
        Properties settings = new Properties();
        try (InputStream file = EveryTopicIsConsumedTest.class.getResourceAsStream("/application.properties")) {
            settings.load(file);
        }
        assertThat(settings.getProperty("mp.messaging.incoming.any-event.topics").split(",")).containsExactlyInAnyOrder(
            Arrays.stream(Topic.values()).filter(topic -> topic != Topic.AUDIT_LOG).map(Topic::topicName).toArray(String[]::new));
    }
}
