// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.kafka;

import dev.postern.audit.Arrival;
import dev.postern.audit.EventRef;
import dev.postern.audit.Facts;
import dev.postern.audit.LogEntry;
import dev.postern.events.Event;
import dev.postern.events.Utf8;
import dev.postern.messaging.CloudEventRecords;
import dev.postern.messaging.Received;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Records as arrivals at the log. */
final class ArrivalReader {
    private static final String ATTRIBUTE_PREFIX = "ce_";
    private static final String CONTENT_TYPE = "content-type";
    private static final String TYPE = "ce_type";
    private static final int SOURCE_LENGTH_MAX = 300;
    /** RFC 3339 has years of four digits. */
    private static final Instant TIME_MIN = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant TIME_END = Instant.parse("+10000-01-01T00:00:00Z");

    private ArrivalReader() {}

    /** A record that has no place in the log; the message says why, never the content. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message);
        }
    }

    /** The arrival in a record: held to the event's schema, its bytes as they came. */
    static Arrival read(ConsumerRecord<String, byte[]> record) throws Unreadable {
        try {
            Received<Event> received = CloudEventRecords.read(record);
            SortedMap<String, String> headers = headers(record);
            String source = received.source().toString();
            if (source.length() > SOURCE_LENGTH_MAX) {
                throw new Unreadable("ce_source is longer than " + SOURCE_LENGTH_MAX + " characters");
            }
            if (received.time().isBefore(TIME_MIN) || !received.time().isBefore(TIME_END)) {
                throw new Unreadable("ce_time is beyond the years 0 to 9999");
            }
            LogEntry entry = new LogEntry(record.topic(), record.key(), headers, record.value());
            return new Arrival(entry, new EventRef(source, received.id()), headers.get(TYPE), received.time(), Facts.of(received.event()));
        } catch (CloudEventRecords.Unreadable unreadable) {
            throw new Unreadable(unreadable.getMessage());
        } catch (IllegalArgumentException refused) {
            throw new Unreadable("no log entry: " + refused.getMessage());
        }
    }

    private static SortedMap<String, String> headers(ConsumerRecord<String, byte[]> record) throws Unreadable {
        SortedMap<String, String> headers = new TreeMap<>();
        for (Header header : record.headers()) {
            if (!header.key().startsWith(ATTRIBUTE_PREFIX) && !header.key().equals(CONTENT_TYPE)) {
                continue;
            }
            if (header.value() == null || headers.put(header.key(), text(header)) != null) {
                throw new Unreadable("a CloudEvents header stands twice, or without a value");
            }
        }
        return headers;
    }

    private static String text(Header header) throws Unreadable {
        try {
            return Utf8.decode(header.value());
        } catch (CharacterCodingException notText) {
            throw new Unreadable("a CloudEvents header is not UTF-8");
        }
    }
}
