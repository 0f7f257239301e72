package dev.postern.edge;

import dev.postern.events.SourceAddress;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Answers {@code /q/metrics} only to the addresses of {@code postern.metrics.peers}, which is this machine unless it is set. Metrics tell how many grants,
 * openings and refusals there are, and the API's port is open to every client. The peer of the connection counts, and no header: a call that a proxy passed
 * on is refused, since it is somebody else's, who may be anybody.
 */
@Singleton
public class GuardMetrics {
    private static final String METRICS = "/q/metrics";
    /** Behind {@link RefuseMalformed}, so that the path is well formed. */
    private static final int PRIORITY = 90;
    private static final List<String> FORWARDED = List.of("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via");

    private final List<SourceAddress> peers;

    GuardMetrics(@ConfigProperty(name = "postern.metrics.peers", defaultValue = "127.0.0.0/8,::1") List<String> peers) {
        this.peers = peers.stream().map(SourceAddress::canonicalOf).toList();
    }

    void register(@Observes Filters filters) {
        filters.register(this::handle, PRIORITY);
    }

    private void handle(RoutingContext context) {
        boolean forwarded = FORWARDED.stream().anyMatch(header -> context.request().headers().contains(header));
        if (context.normalizedPath().startsWith(METRICS) && (forwarded || !isPeer(context.request().connection().remoteAddress()))) {
            VertxAnswers.send(context, new Problem(403, "metrics-peers",
                "metrics are answered to few addresses alone; add the one that asks to postern.metrics.peers, and ask without a proxy"));
        } else {
            context.next();
        }
    }

    boolean isPeer(SocketAddress address) {
        return Optional.ofNullable(address).map(SocketAddress::hostAddress).map(host -> host.replaceFirst("%.*", "")).map(SourceAddress::canonicalOf)
            .map(asks -> peers.stream().anyMatch(peer -> peer.contains(asks))).orElse(false);
    }
}
