// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import static dev.postern.events.FirewallChanged.OpeningState.CLOSED;
import static dev.postern.events.FirewallChanged.OpeningState.CLOSING;
import static dev.postern.events.FirewallChanged.OpeningState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccessEnded;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.Event;
import dev.postern.events.FirewallChanged;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.firewall.real.PackagedService;
import dev.postern.firewall.real.RealFirewallService;
import dev.postern.firewall.real.Shop;
import dev.postern.firewall.real.SimulatedCloud;
import dev.postern.local.digitalocean.ByHand;
import dev.postern.local.simulated.RecordedCall;
import dev.postern.messaging.CloudEventRecords;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Two installations at one account of one provider, each with a broker and a database of its own: the service of this test, without an id, and a packaged
 * one that is called {@code east}. The packaged one is also frozen while many closings come due.
 */
@QuarkusTest
@RealFirewallService
class TwoInstallationsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final Duration OVERDUE_AFTER = Duration.ofSeconds(4);
    private static final Pattern NAME = Pattern.compile("\"name\":\"([^\"]+)\"");
    private static PackagedService east;
    private static KafkaProducer<String, byte[]> producer;

    @BeforeAll
    static void start() throws IOException {
        east = PackagedService.beside("east").with("postern.installation", "east").with("postern.reconcile.overdue-after", OVERDUE_AFTER.toString())
            .with("postern.reconcile.overdue-sweep-every", "1s");
        east.start();
        producer = new KafkaProducer<>(Map.of("bootstrap.servers", east.brokers(), "acks", "all"), new StringSerializer(), new ByteArraySerializer());
    }

    @AfterAll
    static void stop() {
        producer.close();
        east.close();
    }

    @Test
    void neitherTakesTheOthersCustomersOutNorWritesItsObjects() {
        Shop shop = Shop.of(SimulatedCloud.OTHER);
        shop.put().then().statusCode(201);
        putIn(shop);
        SimulatedCloud.digitalOcean().forgetCalls();
        AccessDecided there = shop.decision("203.0.113.8");
        AccessDecided here = shop.decision("203.0.113.7");
        send("policy-service", there); // at the same moment
        shop.granted(here);
        shop.awaits(here.requestId(), OPEN);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(states(shop)).containsExactly("open"));
        String mine = "postern-" + shop.name() + "-1";
        String theirs = "postern-east-" + shop.name() + "-1";
        assertThat(letIn(mine)).containsExactly("203.0.113.7");
        assertThat(letIn(theirs)).containsExactly("203.0.113.8");

        shop.ends(here.requestId()); // in turn
        shop.awaits(here.requestId(), OPEN, CLOSED);
        assertThat(letIn(theirs)).containsExactly("203.0.113.8");
        AccessRequestId same = shop.isGranted("203.0.113.8");
        shop.awaits(same, OPEN);
        send("token-service", new AccessEnded(there.requestId(), new AccountName(SimulatedCloud.OTHER), AccessEnded.Cause.REVOKED, Optional.of("olga"),
            Optional.empty(), Instant.now()));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(objects(theirs)).isEmpty());
        assertThat(objects("postern-" + shop.name() + "-")).hasSize(1)
            .allSatisfy(object -> assertThat(object.inEffect().inboundRules().get(0).targets().addresses()).containsExactly("203.0.113.8"));
        namesById().forEach((id, names) -> assertThat(names).as("names under which " + id + " was written").hasSize(1));
    }

    /** Simulates a process that was frozen: the sweep and the runs begin at the same moment, with more than one transaction of closings to publish. */
    @Test
    void everyClosingThatAFreezeMadeLateIsToldOnceThoughSweepAndRunRace() throws Exception {
        Shop shop = Shop.of(SimulatedCloud.OTHER);
        putIn(shop);
        Instant end = Instant.now().plusSeconds(20);
        Map<AccessRequestId, Integer> grants = new LinkedHashMap<>();
        for (int net = 0; net < 30; net++) {
            int third = net;
            AccessRequestId id = AccessRequestId.of(UUID.randomUUID().toString());
            send("policy-service", shop.decision(id, end, Optional.empty(), IntStream.rangeClosed(1, 20).mapToObj(host -> "20.18." + third + "." + host)
                .toArray(String[]::new)));
            grants.put(id, 20);
        }
        await().atMost(PATIENCE).until(() -> letIn("postern-east-" + shop.name() + "-").size() == 600);
        await().atMost(PATIENCE).until(() -> Instant.now().isAfter(end.minusMillis(300)));
        east.frozen(true);
        try {
            await().atMost(PATIENCE).until(() -> Instant.now().isAfter(end.plus(OVERDUE_AFTER).plusSeconds(1)));
        } finally {
            east.frozen(false);
        }
        await().atMost(PATIENCE).until(() -> objects("postern-east-" + shop.name() + "-").isEmpty());
        Map<String, List<OpeningState>> told = new LinkedHashMap<>();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", east.brokers(), "group.id", "frozen",
            "auto.offset.reset", "earliest"), new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of("firewall-changed"));
            await().atMost(PATIENCE).until(() -> {
                for (FirewallChanged event : changes(consumer, shop)) {
                    event.changes().stream().filter(change -> grants.containsKey(change.requestId()))
                        .forEach(change -> told.computeIfAbsent(change.requestId() + " " + change.source(), none -> new ArrayList<>()).add(change.state()));
                }
                return told.values().stream().filter(states -> states.contains(CLOSED)).count() == 600;
            });
        }
        assertThat(told.values()).allSatisfy(states -> assertThat(states).containsExactly(OPEN, CLOSING, CLOSED));
    }

    private static List<FirewallChanged> changes(KafkaConsumer<String, byte[]> consumer, Shop shop) {
        List<FirewallChanged> found = new ArrayList<>();
        consumer.poll(Duration.ofMillis(200)).forEach(record -> {
            try {
                if (CloudEventRecords.read(record).event() instanceof FirewallChanged event && event.service().equals(shop.name())) {
                    found.add(event);
                }
            } catch (CloudEventRecords.Unreadable unreadable) {
                throw new AssertionError(unreadable);
            }
        });
        return found;
    }

    /** The operator of the other installation protects a service of the same name in the same account. */
    private static void putIn(Shop shop) {
        shop.putAt(east.port()).then().statusCode(201);
    }

    private static List<String> states(Shop shop) {
        return Shop.olga().port(east.port()).get("/services/" + shop.name() + "/openings").then().statusCode(200).extract().jsonPath().getList("items.state");
    }

    private static void send(String service, Event event) {
        try {
            producer.send(CloudEventRecords.write(event, URI.create("/" + service), Optional.empty())).get();
        } catch (InterruptedException | ExecutionException failure) {
            throw new AssertionError("not published", failure);
        }
    }

    private static List<ByHand.FirewallSnapshot> objects(String prefix) {
        return SimulatedCloud.digitalOcean().byHand(SimulatedCloud.OTHER).firewalls().stream().filter(each -> each.content().name().startsWith(prefix))
            .toList();
    }

    private static Set<String> letIn(String prefix) {
        return objects(prefix).stream().flatMap(object -> object.inEffect().inboundRules().stream()).flatMap(rule -> rule.targets().addresses().stream())
            .collect(Collectors.toSet());
    }

    /** The names under which each object was written. */
    private static Map<String, Set<String>> namesById() {
        Map<String, Set<String>> names = new LinkedHashMap<>();
        for (RecordedCall call : SimulatedCloud.digitalOcean().calls()) {
            Matcher name = NAME.matcher(call.requestBody() == null ? "" : call.requestBody());
            if (call.method().equals("PUT") && call.status() == 200 && name.find()) {
                names.computeIfAbsent(call.path(), none -> new java.util.TreeSet<>()).add(name.group(1));
            }
        }
        return names;
    }
}
