package dev.postern.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;

/** Kafka switches idempotence off without a word when another setting contradicts it: so what counts is the configuration that takes effect. */
class ProducerSettingsTest {
    private final ProducerConfig effective = new ProducerConfig(ProducerSettings.durable("localhost:9092"));

    @Test
    void every_replica_acknowledges() {
        assertThat(effective.getString(ProducerConfig.ACKS_CONFIG)).isEqualTo("-1");
    }

    @Test
    void idempotence_is_in_effect() {
        assertThat(effective.getBoolean(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG)).isTrue();
        assertThat(effective.getInt(ProducerConfig.RETRIES_CONFIG)).isEqualTo(Integer.MAX_VALUE);
        assertThat(effective.getInt(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION)).isLessThanOrEqualTo(5);
    }

    @Test
    void no_record_is_given_up_in_favour_of_a_later_one() {
        assertThat(effective.getInt(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG)).isEqualTo(Integer.MAX_VALUE);
    }
}
