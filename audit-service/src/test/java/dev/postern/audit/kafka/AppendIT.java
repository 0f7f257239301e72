package dev.postern.audit.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.audit.http.Auditor;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(AuditParts.class)
class AppendIT {
    private final Auditor auditor = Auditor.audrey();

    @Test
    void everyGoldenEventIsAppendedOnceThoughItIsDeliveredTwice() {
        try (Publisher publisher = new Publisher()) {
            long before = auditor.size();
            List<Golden> golden = distinctIds(Golden.all());
            List<ProducerRecord<String, byte[]>> records = golden.stream().map(publisher::record).toList();
            publisher.send(records);
            publisher.send(records);
            await().atMost(Duration.ofSeconds(30)).until(() -> auditor.size() >= before + golden.size());
            publisher.send(records);
            assertThat(auditor.entriesOf(publisher.source(), before)).extracting(entry -> entry.get("id").asText())
                .containsExactlyInAnyOrderElementsOf(golden.stream().map(each -> each.event().id().toString()).toList());
        }
    }

    /** Some golden payloads tell of the same happening in other words. */
    private static List<Golden> distinctIds(List<Golden> golden) {
        List<Golden> distinct = new ArrayList<>();
        golden.forEach(each -> {
            if (distinct.stream().noneMatch(other -> other.event().id().equals(each.event().id()))) {
                distinct.add(each);
            }
        });
        return distinct;
    }
}
