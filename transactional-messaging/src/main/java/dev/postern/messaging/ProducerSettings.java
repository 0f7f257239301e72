// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The one way in which this project produces: every replica has it, in order, once per producer. */
final class ProducerSettings {
    private static final int REQUEST_BYTES_MAX = 1_048_576;

    private ProducerSettings() {}

    /**
     * acks=all and idempotence, and no time after which a record is given up: a later one of the same key must never arrive in place of an earlier.
     * A caller that waits no longer closes the producer.
     */
    static Map<String, Object> durable(String bootstrapServers) {
        return Map.ofEntries(
            Map.entry(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
            Map.entry(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class),
            Map.entry(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class),
            Map.entry(ProducerConfig.ACKS_CONFIG, "all"),
            Map.entry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true),
            Map.entry(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE),
            Map.entry(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE),
            Map.entry(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000),
            Map.entry(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000),
            Map.entry(ProducerConfig.LINGER_MS_CONFIG, 0),
            Map.entry(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, REQUEST_BYTES_MAX),
            Map.entry(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000));
    }
}
