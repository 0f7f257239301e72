// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Checks every second whether Kafka is reachable, so that requests need not. Kafka counts as unreachable after two failed checks in a row. */
@ApplicationScoped
public class Broker {
    private static final Logger LOG = Logger.getLogger(Broker.class);
    private static final int ASK_EVERY_MS = 1_000;
    private static final int ANSWER_WITHIN_MS = 2_000;

    private final String bootstrapServers;
    private ScheduledExecutorService timer;
    private Admin admin;
    private final Reachability reachability = new Reachability();
    private volatile boolean reachable;

    Broker(@ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    /** Returns true if one of the last two checks succeeded; false before the first success. */
    public boolean reachable() {
        return reachable;
    }

    void onStart(@Observes @Priority(1) StartupEvent start) {
        admin = Admin.create(Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
            AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, ASK_EVERY_MS,
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_WITHIN_MS,
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_WITHIN_MS));
        timer = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "postern-broker-watch");
            thread.setDaemon(true);
            return thread;
        });
        timer.scheduleWithFixedDelay(this::ask, 0, ASK_EVERY_MS, TimeUnit.MILLISECONDS);
    }

    private void ask() {
        boolean answered = false;
        try {
            answered = !admin.describeCluster(new DescribeClusterOptions().timeoutMs(ANSWER_WITHIN_MS)).nodes()
                .get(ANSWER_WITHIN_MS, TimeUnit.MILLISECONDS).isEmpty();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RuntimeException away) {
            answered = false;
        }
        boolean now = reachability.after(answered);
        if (now != reachable) {
            LOG.info(now ? "Kafka reachable" : "Kafka unreachable; rejecting writes with 503");
        } else if (now && !answered) {
            LOG.info("Kafka check failed; checking again before writes are rejected");
        }
        reachable = now;
    }

    void onStop(@Observes ShutdownEvent stop) {
        timer.shutdownNow();
        admin.close(Duration.ZERO);
    }
}
