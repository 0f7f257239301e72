// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/** Every topic, with the event that it carries, what it is keyed by, and how long it is kept. The AsyncAPI document says the same. */
public enum Topic {
    /** Somebody asked for access. */
    ACCESS_REQUESTED("access-requested", AccessRequested.class, "request id", 3, Kept.days(30)),
    /** Policy, and where policy says so a person, answered. */
    ACCESS_DECIDED("access-decided", AccessDecided.class, "request id", 3, Kept.days(30)),
    /** Granted access is over. */
    ACCESS_ENDED("access-ended", AccessEnded.class, "request id", 3, Kept.days(30)),
    /** A person approved or refused. */
    APPROVAL_GIVEN("approval-given", ApprovalGiven.class, "request id", 3, Kept.days(30)),
    /** A token was handed out; kept for the longest life of a token (90 days) and a day. */
    TOKEN_ISSUED("token-issued", TokenIssued.class, "token id", 3, Kept.days(91)),
    /** A token is dead. */
    TOKEN_REVOKED("token-revoked", TokenRevoked.class, "token id", 3, Kept.days(91)),
    /** The provider shows another state of openings. */
    FIREWALL_CHANGED("firewall-changed", FirewallChanged.class, "service name", 3, Kept.days(30)),
    /** A protected service was put, changed or taken away. */
    SERVICE_PROTECTED("service-protected", ServiceProtected.class, "service name", 3, Kept.compacted()),
    /** A policy was put, changed or taken away. */
    POLICY_CHANGED("policy-changed", PolicyChanged.class, "policy id", 3, Kept.compacted()),
    /** Calls went through a gateway, or were refused there. */
    API_CALLED("api-called", ApiCalled.class, "token id", 3, Kept.days(7)),
    /** Calls to the API of a service were refused for want of a right. */
    ATTEMPTS_REFUSED("attempts-refused", AttemptsRefused.class, "caller's subject", 3, Kept.days(30)),
    /** An event got its place in the audit log: one partition, for it is a sequence. */
    AUDIT_LOG("audit-log", AuditLogged.class, "constant", 1, Kept.days(90));

    private static final String TYPE_PREFIX = "dev.postern.";
    private static final String TYPE_SUFFIX = ".v1";
    private static final String DEAD_LETTER_SUFFIX = ".dead-letter";

    private final String topicName;
    private final Class<? extends Event> event;
    private final String keyedBy;
    private final int partitions;
    private final Kept kept;

    Topic(String topicName, Class<? extends Event> event, String keyedBy, int partitions, Kept kept) {
        this.topicName = topicName;
        this.event = event;
        this.keyedBy = keyedBy;
        this.partitions = partitions;
        this.kept = kept;
    }

    /**
     * Retention of the topic's records.
     *
     * @param retention how long; empty for a compacted topic, which keeps the last record of each key
     */
    public record Kept(Optional<Duration> retention) {
        static Kept days(int days) {
            return new Kept(Optional.of(Duration.ofDays(days)));
        }

        static Kept compacted() {
            return new Kept(Optional.empty());
        }
    }

    /** The topic of that name; empty if it is none of ours. */
    public static Optional<Topic> named(String topicName) {
        return Arrays.stream(values()).filter(topic -> topic.topicName.equals(topicName)).findFirst();
    }

    /** The topic whose events have that CloudEvents type; empty for a type that is unknown, also an unknown version of a known one. */
    public static Optional<Topic> ofType(String cloudEventType) {
        return Arrays.stream(values()).filter(topic -> topic.type().equals(cloudEventType)).findFirst();
    }

    /** The name in Kafka. */
    public String topicName() {
        return topicName;
    }

    /** The CloudEvents {@code type}: {@code dev.postern.<topic>.v1}. */
    public String type() {
        return TYPE_PREFIX + topicName + TYPE_SUFFIX;
    }

    /** The record that it carries. */
    public Class<? extends Event> event() {
        return event;
    }

    /** In words: the id whose order matters. */
    public String keyedBy() {
        return keyedBy;
    }

    /** Returns the number of partitions that the topic is created with. */
    public int partitions() {
        return partitions;
    }

    /** Returns the retention of the topic's records. */
    public Kept kept() {
        return kept;
    }

    /** Returns the dead-letter topic of this topic; records stay for 90 days, and partitions correspond one to one. */
    public String deadLetterTopic() {
        return topicName + DEAD_LETTER_SUFFIX;
    }

    /** Returns the class-path location of the event's schema. */
    public String schemaResource() {
        return "/schemas/" + topicName + ".v1.json";
    }
}
