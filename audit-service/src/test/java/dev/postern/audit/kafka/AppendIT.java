// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.audit.LogEntry;
import dev.postern.audit.http.Auditor;
import dev.postern.events.AccessEnded;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.AuditLogged;
import dev.postern.events.Event;
import dev.postern.events.EventJson;
import dev.postern.events.FirewallChanged;
import dev.postern.events.ServiceName;
import dev.postern.events.Topic;
import dev.postern.local.parts.RealParts;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(AuditParts.class)
class AppendIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private final Auditor auditor = Auditor.audrey();

    @Inject
    MeterRegistry metrics;

    @Test
    void everyGoldenEventIsAppendedOnceThoughItIsDeliveredTwice() {
        try (Publisher publisher = new Publisher()) {
            long before = auditor.size();
            List<Golden> golden = distinctIds(Golden.all());
            List<ProducerRecord<String, byte[]>> records = golden.stream().map(publisher::record).toList();
            publisher.send(records);
            publisher.send(records);
            Event last = ended();
            publisher.send(List.of(publisher.record(last)));
            awaitEntries(publisher, before, golden.size() + 1);
            assertThat(auditor.entriesOf(publisher.source(), before)).extracting(entry -> entry.get("id").asText())
                .containsExactlyInAnyOrderElementsOf(ids(golden, last));
        }
    }

    @Test
    void payloadAndHeadersAreKeptToTheByteAndMakeTheLeaf() {
        try (Publisher publisher = new Publisher()) {
            long before = auditor.size();
            for (Golden golden : distinctIds(Golden.all())) {
                publisher.send(List.of(publisher.record(golden)));
            }
            awaitEntries(publisher, before, distinctIds(Golden.all()).size());
            Map<String, Golden> byId = new HashMap<>();
            distinctIds(Golden.all()).forEach(golden -> byId.put(golden.event().id().toString(), golden));
            for (JsonNode brief : auditor.entriesOf(publisher.source(), before)) {
                JsonNode entry = auditor.get("/entries/" + brief.get("index").asLong());
                Golden golden = byId.get(entry.get("id").asText());
                byte[] payload = Base64.getDecoder().decode(entry.get("payload_base64").asText());
                assertThat(payload).as(golden.name()).isEqualTo(golden.payload());
                TreeMap<String, String> headers = new TreeMap<>();
                entry.get("headers").properties().forEach(header -> headers.put(header.getKey(), header.getValue().asText()));
                assertThat(headers).containsEntry("ce_specversion", "1.0").containsEntry("ce_type", golden.event().topic().type())
                    .containsEntry("ce_source", publisher.source()).containsEntry("content-type", "application/json");
                LogEntry made = new LogEntry(entry.get("topic").asText(), entry.get("key").asText(), headers, payload);
                assertThat(made.leafHash().hex()).as(golden.name()).isEqualTo(entry.get("leaf_hash").asText());
            }
        }
    }

    @Test
    void orderOfAKeyIsKept() {
        try (Publisher publisher = new Publisher()) {
            long before = auditor.size();
            List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
            for (int sequence = 1; sequence <= 400; sequence++) {
                for (String service : List.of("one", "two", "three")) {
                    // Times that go backwards must not change the order.
                    records.add(publisher.record(new FirewallChanged(new ServiceName(service), new AccountName("acme"), sequence, List.of(), List.of(),
                        Instant.parse("2026-03-01T12:00:00Z").minusSeconds(sequence))));
                }
            }
            publisher.send(records);
            awaitEntries(publisher, before, records.size());
            Map<String, List<Long>> sequences = new HashMap<>();
            auditor.entriesOf(publisher.source(), before).forEach(
                entry -> sequences.computeIfAbsent(entry.get("key").asText(), key -> new ArrayList<>()).add(entry.get("data").get("sequence").asLong()));
            assertThat(sequences).hasSize(3);
            assertThat(sequences.values()).allSatisfy(each -> assertThat(each).hasSize(400).isSorted());
        }
    }

    @Test
    void poisonGoesToTheDeadLettersWhileTheRestGoesOn() {
        try (Publisher publisher = new Publisher(); Listener letters = new Listener(Topic.ACCESS_ENDED.deadLetterTopic())) {
            long before = auditor.size();
            AccessEnded good = ended();
            AccessEnded alsoGood = ended();
            byte[] utf16 = EventJson.write(ended()).clone();
            List<ProducerRecord<String, byte[]>> poison = List.of(
                with(publisher, "not json".getBytes(StandardCharsets.UTF_8)),
                with(publisher, "{\"request_id\": 1}".getBytes(StandardCharsets.UTF_8)),
                with(publisher, null),
                with(publisher, new String(utf16, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_16LE)),
                keyed(publisher, "another-key"),
                new ProducerRecord<>(Topic.ACCESS_ENDED.topicName(), good.key(), EventJson.write(ended())),
                doubled(publisher),
                attribute(publisher, "ce_time", "+10000-01-01T00:00:00Z"),
                attribute(publisher, "ce_id", "x".repeat(65)),
                attribute(publisher, "ce_source", "/" + "x".repeat(300)),
                attribute(publisher, "ce_type", "dev.postern.access-ended.v2"),
                attribute(publisher, "ce_specversion", "0.3"));
            List<ProducerRecord<String, byte[]>> records = new ArrayList<>(List.of(publisher.record(good)));
            records.addAll(poison);
            records.add(publisher.record(alsoGood));
            publisher.send(records);
            List<ConsumerRecord<String, byte[]>> buried = letters.await(poison.size(), Duration.ofSeconds(10),
                letter -> Listener.header(letter, "dead-letter-reason").equals("unreadable"));
            assertThat(buried).hasSize(poison.size()).allSatisfy(letter -> {
                assertThat(Listener.header(letter, "dead-letter-consumer")).isEqualTo("audit-service");
                assertThat(Listener.header(letter, "dead-letter-detail")).isNotBlank();
            });
            awaitEntries(publisher, before, 2);
            assertThat(auditor.entriesOf(publisher.source(), before)).extracting(entry -> entry.get("key").asText())
                .containsExactlyInAnyOrder(good.key(), alsoGood.key());
        }
    }

    @Test
    void whatPostgresqlDoesNotTakeBecomesADeadLetterAndKeepsNothingElseOut() throws SQLException {
        try (Publisher publisher = new Publisher(); Listener letters = new Listener(Topic.ACCESS_ENDED.deadLetterTopic())) {
            long before = auditor.size();
            AccessEnded bad = ended();
            List<ProducerRecord<String, byte[]>> records = twentyWith(publisher, bad);
            refuseInserts(bad, "22021");
            try {
                publisher.send(records);
                assertThat(letters.await(1, SOON, letter -> Listener.header(letter, "ce_source").equals(publisher.source())))
                    .singleElement().satisfies(letter -> assertThat(Listener.header(letter, "dead-letter-reason")).isEqualTo("unprocessable"));
                awaitEntries(publisher, before, 20);
            } finally {
                refuseNothing();
            }
            assertThat(auditor.entriesOf(publisher.source(), before)).hasSize(20);
        }
    }

    @Test
    void whatIsNoFaultOfTheEventHoldsTheLogUpUntilItIsMendedAndLosesNothing() throws SQLException {
        try (Publisher publisher = new Publisher()) {
            long before = auditor.size();
            AccessEnded held = ended();
            List<ProducerRecord<String, byte[]>> records = twentyWith(publisher, held);
            refuseInserts(held, "42501");
            try {
                publisher.send(records);
                await().atMost(SOON).until(() -> metrics.find("postern_log_waits_total").counters().stream().anyMatch(counter -> counter.count() >= 1));
                assertThat(auditor.entriesOf(publisher.source(), before)).hasSizeLessThan(21);
            } finally {
                refuseNothing();
            }
            awaitEntries(publisher, before, 21);
        }
    }

    private static List<ProducerRecord<String, byte[]>> twentyWith(Publisher publisher, AccessEnded another) {
        List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            records.add(publisher.record(ended()));
        }
        records.add(7, publisher.record(another));
        return records;
    }

    private static void refuseInserts(AccessEnded event, String sqlState) throws SQLException {
        execute(
            "create function refuse_one() returns trigger language plpgsql as $$ begin raise exception 'refused' using errcode = '" + sqlState + "'; end $$",
            "create trigger refuse_one before insert on entry for each row when (new.event_id = '" + event.id() + "') execute function refuse_one()");
    }

    private static void refuseNothing() throws SQLException {
        execute("drop function refuse_one() cascade");
    }

    private static void execute(String... commands) throws SQLException {
        try (Connection connection = RealParts.postgres().superuser("audit").connect(); Statement statement = connection.createStatement()) {
            for (String command : commands) {
                statement.execute(command);
            }
        }
    }

    @Test
    void otherContentUnderTheIdOfAnEntryBecomesADeadLetter() {
        try (Publisher publisher = new Publisher(); Listener letters = new Listener(Topic.ACCESS_ENDED.deadLetterTopic())) {
            long before = auditor.size();
            AccessEnded event = ended();
            AccessEnded forged = new AccessEnded(event.requestId(), event.account(), AccessEnded.Cause.EXPIRED, event.endedBy(), event.replacedBy(),
                event.endedAt());
            publisher.send(List.of(publisher.record(event), publisher.record(forged)));
            assertThat(letters.await(1, Duration.ofSeconds(10), letter -> Listener.header(letter, "ce_source").equals(publisher.source())))
                .singleElement().satisfies(letter -> {
                    assertThat(Listener.header(letter, "dead-letter-detail")).startsWith("its source and id are those of entry ");
                    assertThat(letter.value()).isEqualTo(EventJson.write(forged));
                });
            assertThat(auditor.entriesOf(publisher.source(), before)).singleElement()
                .satisfies(entry -> assertThat(entry.get("data").get("cause").asText()).isEqualTo("revoked"));
        }
    }

    @Test
    void everyEntryIsToldOfOnTheLogsOwnTopicInOrder() throws EventJson.Unreadable {
        try (Publisher publisher = new Publisher(); Listener told = new Listener(Topic.AUDIT_LOG.topicName())) {
            List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                records.add(publisher.record(ended()));
            }
            long before = auditor.size();
            publisher.send(records);
            awaitEntries(publisher, before, records.size());
            long size = auditor.size();
            List<ConsumerRecord<String, byte[]>> all = told.await((int) size, SOON, record -> true);
            List<AuditLogged> events = new ArrayList<>();
            for (ConsumerRecord<String, byte[]> record : all) {
                AuditLogged event = (AuditLogged) EventJson.read(Topic.AUDIT_LOG, record.value());
                if (events.isEmpty() || event.index() > events.get(events.size() - 1).index()) {
                    events.add(event);
                }
            }
            for (int index = 0; index < size; index++) {
                assertThat(events.get(index).index()).isEqualTo(index);
            }
            for (JsonNode entry : auditor.entriesOf(publisher.source(), before)) {
                AuditLogged event = events.get(entry.get("index").asInt());
                assertThat(event.leafHash()).isEqualTo(entry.get("leaf_hash").asText());
                assertThat(event.eventId().toString()).isEqualTo(entry.get("id").asText());
            }
        }
    }

    private void awaitEntries(Publisher publisher, long before, int count) {
        await().atMost(SOON).pollInterval(Duration.ofMillis(200)).until(() -> auditor.entriesOf(publisher.source(), before).size() >= count);
    }

    private static AccessEnded ended() {
        return new AccessEnded(new AccessRequestId(UUID.randomUUID()), new AccountName("acme"), AccessEnded.Cause.REVOKED, Optional.of("somebody"),
            Optional.empty(), Instant.parse("2026-03-01T12:00:00Z"));
    }

    private static ProducerRecord<String, byte[]> with(Publisher publisher, byte[] payload) {
        ProducerRecord<String, byte[]> record = publisher.record(ended());
        return new ProducerRecord<>(record.topic(), null, record.key(), payload, record.headers());
    }

    private static ProducerRecord<String, byte[]> keyed(Publisher publisher, String key) {
        ProducerRecord<String, byte[]> record = publisher.record(ended());
        return new ProducerRecord<>(record.topic(), null, key, record.value(), record.headers());
    }

    private static ProducerRecord<String, byte[]> attribute(Publisher publisher, String name, String value) {
        ProducerRecord<String, byte[]> record = publisher.record(ended());
        record.headers().remove(name).add(name, value.getBytes(StandardCharsets.UTF_8));
        return record;
    }

    private static ProducerRecord<String, byte[]> doubled(Publisher publisher) {
        ProducerRecord<String, byte[]> record = publisher.record(ended());
        record.headers().add("ce_id", "another".getBytes(StandardCharsets.UTF_8));
        return record;
    }

    private static List<String> ids(List<Golden> golden, Event last) {
        List<String> ids = new ArrayList<>(golden.stream().map(each -> each.event().id().toString()).toList());
        ids.add(last.id().toString());
        return ids;
    }

    /** Some golden payloads tell of the same happening in other words. */
    private static List<Golden> distinctIds(List<Golden> golden) {
        Map<String, Golden> distinct = new java.util.LinkedHashMap<>();
        golden.forEach(each -> distinct.putIfAbsent(each.event().id().toString(), each));
        return List.copyOf(distinct.values());
    }
}
