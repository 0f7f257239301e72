// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import io.netty.channel.Channel;
import io.quarkus.vertx.http.HttpServerStart;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.Deployment;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.impl.TCPServerBase;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.reflect.Field;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Puts a {@link HeadDeadline} on every connection of the service's HTTP server. Neither Quarkus nor Vert.x has a time limit for heads or a place for a
 * handler of Netty's: {@code quarkus.http.idle-timeout} counts silence, {@code quarkus.http.read-timeout} counts bodies. So the server's own channel is
 * found through Vert.x' internals. Where those have changed, the service runs without the limit and says so; a test fails then.
 */
@Singleton
public class HeadDeadlines {
    private static final Logger LOG = Logger.getLogger(HeadDeadlines.class);
    /** A gateway in the same process has a server of its own, with limits of its own. */
    private static final String OF_QUARKUS = "io.quarkus.vertx.http.";

    @Inject
    Vertx vertx;

    @ConfigProperty(name = "postern.http.head-within")
    Duration within;

    void started(@ObservesAsync HttpServerStart start) {
        try {
            int servers = 0;
            for (TCPServerBase server : ((VertxInternal) vertx).sharedHttpServers().values()) {
                Deployment deployment = ((ContextInternal) field(server, "creatingContext")).getDeployment();
                if (deployment != null && deployment.verticleIdentifier().contains(OF_QUARKUS)) {
                    ((Future<?>) field(server, "bindFuture"))
                        .onSuccess(channel -> ((Channel) channel).pipeline().addFirst(new HeadDeadline.OfServer(within.toMillis())));
                    servers++;
                }
            }
            if (servers == 0) {
                LOG.error("Head timeout: HTTP server not found; request heads have no time limit");
            }
        } catch (ReflectiveOperationException | RuntimeException changed) {
            LOG.error("Head timeout: Vert.x internals changed; request heads have no time limit", changed);
        }
    }

    private static Object field(TCPServerBase server, String name) throws ReflectiveOperationException {
        Field field = TCPServerBase.class.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(server);
    }
}
