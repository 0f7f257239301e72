// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.kafka;

import static org.awaitility.Awaitility.await;

import dev.postern.audit.Fact;
import dev.postern.audit.Filter;
import dev.postern.audit.postgres.AppendNotifications;
import dev.postern.audit.postgres.LogReader;
import dev.postern.events.AccessDecided;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.Event;
import dev.postern.events.PolicyId;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.Requester;
import dev.postern.events.ResourceName;
import dev.postern.events.SourceAddress;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** Not part of verify: {@code mvn verify -pl audit-service -Dtest=NoTest -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=AppendBenchmark}. */
@QuarkusTest
@QuarkusTestResource(AuditParts.class)
class AppendBenchmark {
    private static final int BULK = 20_000;
    private static final int ALONE = 300;

    @Inject
    AppendNotifications growth;

    @Inject
    LogReader reader;

    @Test
    void bulkAndAlone() {
        try (Publisher publisher = new Publisher()) {
            for (int round = 1; round <= 4; round++) {
                List<ProducerRecord<String, byte[]>> records = IntStream.range(0, BULK).mapToObj(i -> publisher.record(event())).toList();
                long end = growth.size() + BULK;
                long start = System.nanoTime();
                publisher.send(records);
                long sent = System.nanoTime();
                await().atMost(Duration.ofMinutes(3)).pollInterval(Duration.ofMillis(5)).until(() -> growth.size() >= end);
                long took = System.nanoTime() - start;
                System.out.printf("bulk round %d: %d events in %d ms: %d events/s (sending took %d ms)%n", round, BULK, took / 1_000_000,
                    BULK * 1_000_000_000L / took, (sent - start) / 1_000_000);
            }
            search("one request", new Fact(Fact.Kind.REQUEST_ID, event().key()));
            search("one account, all of one outcome", new Fact(Fact.Kind.ACCOUNT, "acme"), new Fact(Fact.Kind.OUTCOME, "granted"));
            search("nothing, of two common facts", new Fact(Fact.Kind.ACCOUNT, "acme"), new Fact(Fact.Kind.OUTCOME, "refused"));
            long[] micros = new long[ALONE];
            for (int i = 0; i < ALONE; i++) {
                long before = growth.size();
                ProducerRecord<String, byte[]> record = publisher.record(event());
                publisher.send(List.of(record));
                long start = System.nanoTime();
                growth.beyond(before).await().atMost(Duration.ofSeconds(10));
                micros[i] = (System.nanoTime() - start) / 1_000;
            }
            Arrays.sort(micros);
            System.out.printf("alone: from Kafka's acknowledgement to appended and heard of: p50 %d us, p99 %d us%n", micros[ALONE / 2],
                micros[ALONE * 99 / 100]);
        }
    }

    private void search(String what, Fact... facts) {
        Filter filter = new Filter(new TreeSet<>(List.of(facts)), Optional.empty(), Optional.empty(), Optional.empty());
        for (LogReader.Order order : LogReader.Order.values()) {
            long start = System.nanoTime();
            int found = reader.page(filter, order, Optional.empty(), 50).await().atMost(Duration.ofMinutes(1)).entries().size();
            System.out.printf("search %s, %s, in %d entries: %d found in %d us%n", what, order, growth.size(), found, (System.nanoTime() - start) / 1_000);
        }
    }

    private static Event event() {
        Instant now = Instant.now();
        return new AccessDecided(new AccessRequestId(UUID.randomUUID()), new AccountName("acme"),
            new Requester(Requester.Kind.PORTAL, "portal", "client-portal", List.of("requester")), Optional.of("customer-1"),
            AccessDecided.Decision.GRANTED, List.of(new AuthorizationDetail.FirewallOpening(new ResourceName("service:shop-db"), Protocol.TCP,
                new PortRange(5432, 5432), List.of(new SourceAddress("203.0.113.7")))),
            List.of(), Optional.of(now.plusSeconds(3600)),
            List.of(new PolicyId("shop")), 1, List.of(), "0".repeat(64), Optional.empty(), now);
    }
}
