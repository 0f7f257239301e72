// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import java.time.Instant;

/**
 * An event got its place in the audit log.
 *
 * @param index        its place, from 0, without gaps
 * @param leafHash     the RFC 9162 leaf hash (hex) of the entry
 * @param eventTopic   the topic it came on
 * @param eventKey     the key it came with
 * @param eventId      the CloudEvents {@code id}
 * @param eventType    the CloudEvents {@code type}
 * @param eventTime    when it happened
 * @param appendedAt   when it got its place
 */
public record AuditLogged(long index, String leafHash, String eventTopic, String eventKey, EventId eventId, String eventType, Instant eventTime,
                          Instant appendedAt) implements Event {
    /** The one key of the topic: it is a sequence. */
    public static final String KEY = "audit-log";
    @Override
    public Topic topic() {
        return Topic.AUDIT_LOG;
    }

    @Override
    public String key() {
        return KEY;
    }

    @Override
    public EventId id() {
        return EventId.of(topic().topicName(), index);
    }

    @Override
    public Instant time() {
        return appendedAt;
    }
}
