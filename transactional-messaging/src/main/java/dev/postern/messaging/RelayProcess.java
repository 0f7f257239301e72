// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Runs this process's relay in a thread of its own, from start to stop. */
@ApplicationScoped
public class RelayProcess {
    private static final long STOP_WITHIN_MS = TimeUnit.SECONDS.toMillis(5);

    private final MessagingSettings settings;
    private final OutboxSignal commits;
    private final Relay relay;
    private final Thread thread;

    RelayProcess(MessagingSettings settings, MeterRegistry metrics, Vertx vertx, Pool pool,
                 @ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers,
                 @ConfigProperty(name = "quarkus.datasource.jdbc.url") String jdbcUrl,
                 @ConfigProperty(name = "quarkus.datasource.username") String user,
                 @ConfigProperty(name = "quarkus.datasource.password") String password) {
        this.settings = settings;
        this.commits = new OutboxSignal(vertx, pool);
        this.relay = new Relay(OutboxTable.at(jdbcUrl, user, password), commits, () -> new KafkaProducer<>(ProducerSettings.durable(bootstrapServers)),
            settings.source(), settings.relayBatch(), new RelayMetrics(metrics));
        this.thread = new Thread(relay, "postern-relay");
        this.thread.setDaemon(true);
    }

    void onStart(@Observes StartupEvent start) {
        if (settings.relayEnabled()) {
            commits.open();
            thread.start();
        }
    }

    void onStop(@Observes ShutdownEvent stop) throws InterruptedException {
        relay.stop();
        commits.close();
        thread.join(STOP_WITHIN_MS);
    }
}
