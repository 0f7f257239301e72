// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import dev.postern.token.real.Grants;
import dev.postern.token.upstream.BodyMemory;
import java.io.OutputStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Many bodies that are read whole, at once: some clients are asked to repeat, memory does not grow beyond what it may, and all of it comes back. */
class ManyBodiesIT {
    private static final int MIB = 1_048_576;
    private static final int LARGE = 15 * MIB;
    private static final String LIST = "{\"droplets\":[" + RecordingUpstream.FILL + "{\"id\":1}]}";

    @Test
    void manyLargeAnswersAtOnceCostSomeClientsARepetitionAndNoMoreMemoryThanThereMayBe() throws Exception {
        int clients = 8;
        BodyMemory memory = new BodyMemory(200L * MIB);
        ExecutorService callers = Executors.newFixedThreadPool(clients);
        try (OpenGateway gateway = new OpenGateway(memory)) {
            gateway.upstream.answers(call -> new RecordingUpstream.Reply(200, Map.of(RecordingUpstream.STREAMED, Integer.toString(LARGE)), LIST));
            String call = get(gateway.tokens.live(droplet("1")), "/v2/droplets");
            assertThat(RawCall.sendPatiently(gateway.port(), call.getBytes(StandardCharsets.ISO_8859_1)).status()).isEqualTo(200);
            long before = used();
            List<Future<RawCall>> asked = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                asked.add(callers.submit(() -> RawCall.sendPatiently(gateway.port(), call.getBytes(StandardCharsets.ISO_8859_1))));
            }
            long most = 0;
            while (!asked.stream().allMatch(Future::isDone)) {
                most = Math.max(most, used() - before);
                asked.stream().filter(one -> !one.isDone()).findFirst().ifPresent(ManyBodiesIT::lookAgainSoon);
            }
            Map<Integer, Integer> statuses = new TreeMap<>();
            for (Future<RawCall> one : asked) {
                statuses.merge(one.get().status(), 1, Integer::sum);
                if (one.get().status() == 503) {
                    assertThat(one.get().header("retry-after")).isNotNull();
                    assertThat(one.get().body()).contains("\"id\":\"service_unavailable\"").contains("no memory");
                } else {
                    assertThat(one.get().body()).contains("\"droplets\":[{\"id\":1}]");
                }
            }
            gateway.watch().check("lists of 15 MiB");
            System.out.println(clients + " lists of 15 MiB together: " + statuses + ", memory grew by " + most / MIB + " MiB at most");
            assertThat(statuses.keySet()).containsExactly(200, 503);
            assertThat(most).isLessThan(300L * MIB);
            await().atMost(Duration.ofSeconds(5)).until(() -> memory.used() == 0);
            RawCall later = RawCall.sendPatiently(gateway.port(), call.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(later.status()).as("a moment later").isEqualTo(200);
        } finally {
            callers.shutdown();
        }
    }

    @Test
    void anAnswerThatNeverFitsIsABadGatewayAndNotARepetition() throws Exception {
        try (OpenGateway gateway = new OpenGateway(new BodyMemory(10L * MIB))) {
            gateway.upstream.answers(call -> new RecordingUpstream.Reply(200, Map.of(RecordingUpstream.STREAMED, Integer.toString(2 * MIB)), LIST));
            RawCall answer = RawCall.send(gateway.port(), get(gateway.tokens.live(droplet("1")), "/v2/droplets"));
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.body()).contains("too large to be filtered");
        }
    }

    @Test
    void sentWriteIsNeverAnsweredWithARetry() throws Exception {
        BodyMemory memory = new BodyMemory(2L * MIB);
        BodyMemory.Lease others = memory.lease();
        assertThat(others.gathered(700_000)).isTrue();
        try (OpenGateway gateway = new OpenGateway(memory)) {
            gateway.upstream.answers(call -> new RecordingUpstream.Reply(200, Map.of(),
                "{\"firewall\":{\"id\":\"bb4b2611\"},\"droplets\":[],\"more\":\"" + "a".repeat(100_000) + "\"}"));
            String creator = gateway.tokens.live(List.of(new DigitalOceanApi(new ResourceName("do:firewall:*"), List.of("firewall:create"),
                Optional.of(Grants.ownCreated()))));
            String create = "POST /v2/firewalls HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + creator
                + "\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"name\":\"x\"}";
            RawCall written = RawCall.send(gateway.port(), create);
            assertThat(written.status()).isEqualTo(424);
            assertThat(written.body()).contains("may have been carried out");
            assertThat(written.header("retry-after")).isNull();
            assertThat(gateway.told).containsExactly("begins", "ended 424");
            RawCall read = RawCall.send(gateway.port(), get(gateway.tokens.live(droplet("1")), "/v2/droplets"));
            assertThat(read.status()).as("a read may be repeated").isEqualTo(503);
            others.free();
            assertThat(RawCall.send(gateway.port(), create).status()).isEqualTo(200);
            assertThat(gateway.created).hasSize(1);
        }
    }

    @Test
    void unsentBytesOfASlowClientCountUntilTheyAreSent() throws Exception {
        BodyMemory memory = new BodyMemory(200L * MIB);
        try (OpenGateway gateway = new OpenGateway(memory)) {
            gateway.upstream.answers(call -> new RecordingUpstream.Reply(200, Map.of(RecordingUpstream.STREAMED, Integer.toString(LARGE)),
                LIST.replace("droplets", "databases")));
            try (Socket slow = new Socket()) {
                slow.setReceiveBufferSize(4_096);
                slow.connect(new InetSocketAddress("127.0.0.1", gateway.port()));
                // Secrets are taken out of it, so it is read whole.
                String token = gateway.tokens.live(List.of(new DigitalOceanApi(new ResourceName("do:database:*"), List.of("database:read"), Optional.empty())));
                slow.getOutputStream().write(get(token, "/v2/databases").getBytes(StandardCharsets.ISO_8859_1));
                await().atMost(Duration.ofSeconds(20)).until(() -> !gateway.told.isEmpty());
                // Not more than the answer itself, once the tree is gone, and not less while the client does not read.
                await().atMost(Duration.ofSeconds(20)).until(() -> memory.used() < LARGE + 1_000L);
                assertThat(memory.used()).isGreaterThan(LARGE / 2L);
            }
            await().atMost(Duration.ofSeconds(10)).until(() -> memory.used() == 0);
        }
    }

    @Test
    void checkedBodyWithoutMemoryReachesNoProvider() throws Exception {
        int clients = 12;
        BodyMemory memory = new BodyMemory(30L * MIB);
        ExecutorService callers = Executors.newFixedThreadPool(clients);
        CyclicBarrier allBegan = new CyclicBarrier(clients);
        try (OpenGateway gateway = new OpenGateway(memory)) {
            gateway.upstream.answers(call -> new RecordingUpstream.Reply(201, Map.of(), "{\"domain_record\":{\"id\":1}}"));
            String token = gateway.tokens
                .live(List.of(new DigitalOceanApi(new ResourceName("do:domain:shop.example"), List.of("domain:update"), Optional.empty())));
            byte[] body = ("{\"type\":\"TXT\",\"name\":\"x\",\"data\":\"" + "a".repeat(MIB - 100_000) + "\"}").getBytes(StandardCharsets.US_ASCII);
            byte[] head = ("POST /v2/domains/shop.example/records HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + token
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
            List<Future<Integer>> asked = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                asked.add(callers.submit(() -> {
                    try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
                        OutputStream out = socket.getOutputStream();
                        out.write(head);
                        out.write(body, 0, body.length - 1);
                        out.flush();
                        allBegan.await(20, TimeUnit.SECONDS);
                        out.write(body, body.length - 1, 1);
                        out.flush();
                        return RawCall.read(socket.getInputStream()).status();
                    }
                }));
            }
            Map<Integer, Integer> statuses = new TreeMap<>();
            for (Future<Integer> one : asked) {
                statuses.merge(one.get(), 1, Integer::sum);
            }
            gateway.watch().check("bodies of 0.9 MiB");
            System.out.println(clients + " bodies of 0.9 MiB together: " + statuses);
            assertThat(statuses.keySet()).containsExactly(201, 503);
            assertThat(gateway.upstream.arrived()).hasSize(statuses.get(201));
            assertThat(gateway.told.stream().filter("begins"::equals)).hasSize(statuses.get(201));
            await().atMost(Duration.ofSeconds(5)).until(() -> memory.used() == 0);
        } finally {
            callers.shutdown();
        }
    }

    private static List<dev.postern.events.AuthorizationDetail> droplet(String id) {
        return List.of(new DigitalOceanApi(new ResourceName("do:droplet:" + id), List.of("droplet:read"), Optional.empty()));
    }

    private static String get(String token, String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + token + "\r\n\r\n";
    }

    /** Until it is done, or 300 ms have passed. */
    private static void lookAgainSoon(Future<?> one) {
        try {
            one.get(300, TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException notYet) {
            return;
        } catch (InterruptedException | java.util.concurrent.ExecutionException failure) {
            throw new AssertionError(failure);
        }
    }

    /** Returns the memory in use after a collection, heap and direct buffers. */
    private static long used() {
        System.gc();
        long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream().mapToLong(BufferPoolMXBean::getMemoryUsed).sum();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() + direct;
    }
}
