// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import dev.postern.events.Event;
import dev.postern.events.EventId;
import dev.postern.events.EventJson;
import dev.postern.events.Topic;
import io.cloudevents.CloudEvent;
import io.cloudevents.SpecVersion;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.cloudevents.rw.CloudEventRWException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/** Events as Kafka records and back: CloudEvents 1.0 in binary mode, the attributes in {@code ce_} headers, the event's JSON as the value. */
public final class CloudEventRecords {
    private static final String JSON = "application/json";

    private CloudEventRecords() {}

    /** A record that carries no event of the expected type, and never will. */
    public static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message);
        }
    }

    /**
     * The record of an event.
     *
     * @param source      the CloudEvents {@code source}: the service that publishes
     * @param traceparent W3C trace context to carry along
     */
    public static ProducerRecord<String, byte[]> write(Event event, URI source, Optional<String> traceparent) {
        return write(event.topic().topicName(), event.key(), event.id().toString(), event.topic().type(), source, event.time(), EventJson.write(event),
            traceparent);
    }

    static ProducerRecord<String, byte[]> write(String topic, String key, String id, String type, URI source, Instant time, byte[] payload,
                                                Optional<String> traceparent) {
        CloudEvent event = CloudEventBuilder.v1()
            .withId(id).withType(type).withSource(source).withSubject(key)
            .withTime(time.atOffset(ZoneOffset.UTC))
            .withData(JSON, payload)
            .build();
        ProducerRecord<String, byte[]> record = KafkaMessageFactory.<String>createWriter(topic, key).writeBinary(event);
        traceparent.ifPresent(value -> record.headers().add(TraceContext.HEADER, value.getBytes(StandardCharsets.UTF_8)));
        return record;
    }

    /**
     * The event in a record.
     *
     * @throws Unreadable if it is no CloudEvent 1.0, not of a type that travels on this topic, keyed by something else than its event says, or its
     *                    payload is against the schema; the message says which, never the content
     */
    public static Received<Event> read(ConsumerRecord<String, byte[]> record) throws Unreadable {
        Topic topic = Topic.named(record.topic()).orElseThrow(() -> new Unreadable("no topic of ours"));
        CloudEvent attributes = attributes(record);
        if (!topic.type().equals(attributes.getType())) {
            throw new Unreadable("ce_type is not " + topic.type());
        }
        if (attributes.getTime() == null) {
            throw new Unreadable("ce_time is missing");
        }
        try {
            Event event = EventJson.read(topic, record.value());
            if (!event.key().equals(record.key())) {
                throw new Unreadable("the record's key is not the event's");
            }
            return new Received<>(event, new EventId(attributes.getId()), attributes.getSource(), attributes.getTime().toInstant(), traceparent(record));
        } catch (EventJson.Unreadable unreadable) {
            throw new Unreadable(unreadable.getMessage());
        } catch (IllegalArgumentException badId) {
            throw new Unreadable("ce_id " + badId.getMessage());
        }
    }

    private static CloudEvent attributes(ConsumerRecord<String, byte[]> record) throws Unreadable {
        try {
            CloudEvent attributes = KafkaMessageFactory.createReader(record).toEvent();
            if (attributes.getSpecVersion() != SpecVersion.V1) {
                throw new Unreadable("ce_specversion is not 1.0");
            }
            return attributes;
        } catch (CloudEventRWException | IllegalArgumentException | IllegalStateException unreadable) {
            throw new Unreadable("no CloudEvent 1.0 in binary mode");
        }
    }

    private static Optional<String> traceparent(ConsumerRecord<String, byte[]> record) {
        Header header = record.headers().lastHeader(TraceContext.HEADER);
        return header == null || header.value() == null ? Optional.empty() : TraceContext.of(new String(header.value(), StandardCharsets.UTF_8));
    }
}
