// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;

/** Kafka switches idempotence off without a word when another setting contradicts it: so what counts is the configuration that takes effect. */
class ProducerSettingsTest {
    private final ProducerConfig effective = new ProducerConfig(ProducerSettings.durable("localhost:9092"));

    @Test
    void everyReplicaAcknowledges() {
        assertThat(effective.getString(ProducerConfig.ACKS_CONFIG)).isEqualTo("-1");
    }

    @Test
    void idempotenceIsInEffect() {
        assertThat(effective.getBoolean(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG)).isTrue();
        assertThat(effective.getInt(ProducerConfig.RETRIES_CONFIG)).isEqualTo(Integer.MAX_VALUE);
        assertThat(effective.getInt(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION)).isLessThanOrEqualTo(5);
    }

    @Test
    void noRecordIsGivenUpInFavourOfALaterOne() {
        assertThat(effective.getInt(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG)).isEqualTo(Integer.MAX_VALUE);
    }
}
