// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.events.AccountName;
import dev.postern.events.SourceAddress;
import dev.postern.token.LogKeys;
import dev.postern.token.call.AuthorizeCall;
import dev.postern.token.operation.Operations;
import dev.postern.token.port.BudgetBook;
import dev.postern.token.port.CallJournal;
import dev.postern.token.port.CallLimits;
import dev.postern.token.port.TokenVerifier;
import dev.postern.token.upstream.BodyMemory;
import dev.postern.token.upstream.OffLoop;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Starts the gateway in front of the DigitalOcean API with the service, one server on each event loop, and ends it with it. */
@ApplicationScoped
public class Gateway {
    private static final Logger LOG = Logger.getLogger(Gateway.class);
    private static final long START_SECONDS_MAX = 30;
    private static final Duration IDLE_MAX = Duration.ofSeconds(75);
    /** The heap's part that bodies and answers may take together, where nothing else is said. */
    private static final int HEAP_PART = 4;
    private static final String DIGITALOCEAN = "digitalocean";

    private final Vertx vertx;
    private final GatewaySettings settings;
    private final ProviderAccounts accounts;
    private final TokenVerifier verifier;
    private final CallLimits limits;
    private final BudgetBook book;
    private final CallJournal journal;
    private final CallOutcomes outcomes;
    private final MeterRegistry meters;
    private final AtomicInteger port = new AtomicInteger();
    private String deployment;

    Gateway(Vertx vertx, GatewaySettings settings, ProviderAccounts accounts, TokenVerifier verifier, CallLimits limits, BudgetBook book, CallJournal journal,
            MeterRegistry meters) {
        this.vertx = vertx;
        this.settings = settings;
        this.accounts = accounts;
        this.verifier = verifier;
        this.limits = limits;
        this.book = book;
        this.journal = journal;
        this.meters = meters;
        this.outcomes = new CallOutcomes(meters);
    }

    /** Returns the port that the gateway listens on. */
    public int port() {
        return port.get();
    }

    void start(@Observes StartupEvent event) throws InterruptedException, java.util.concurrent.ExecutionException, TimeoutException {
        port.set(settings.port());
        Operations operations = Operations.bundled();
        Set<String> hosts = settings.hosts().stream().map(host -> host.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
        List<SourceAddress> proxies = settings.proxies().orElse(List.of()).stream().map(SourceAddress::canonicalOf).toList();
        Map<String, CallBudget> budgets = new HashMap<>();
        accounts.byName().keySet().forEach(name -> budgets.put(name,
            new CallBudget(settings.callsPerMinute(), settings.callsPerHour(), settings.reservedForFirewallsPercent())));
        // A free port is one that the first server chooses: then there can be one server only.
        int servers = port.get() == 0 ? 1 : Runtime.getRuntime().availableProcessors();
        BodyMemory memory = new BodyMemory(settings.bodiesMemoryMax().map(size -> size.asLongValue()).orElse(Runtime.getRuntime().maxMemory() / HEAP_PART));
        meters.gauge("postern_gateway_bodies_memory_bytes", memory, BodyMemory::used);
        BodyChecks checks = new BodyChecks(vertx);
        int connections = Math.max(1, settings.connectionsMax() / servers);
        deployment = vertx.deployVerticle(() -> new GatewayServer(settings.host(), port, hosts, IDLE_MAX,
            loop -> new GatewayContext(operations, new AuthorizeCall(operations), verifier, limits, journal, outcomes,
                providers(loop, budgets, connections), proxies,
                settings.publicUrl(), settings.listPagesMax(), memory, checks, new OffLoop(loop))),
            new DeploymentOptions().setInstances(servers))
            .toCompletionStage().toCompletableFuture().get(START_SECONDS_MAX, TimeUnit.SECONDS);
        LOG.info("DigitalOcean gateway started; listening " + LogKeys.PORT + port.get());
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException, java.util.concurrent.ExecutionException, TimeoutException {
        if (deployment != null) {
            vertx.undeploy(deployment).toCompletionStage().toCompletableFuture().get(START_SECONDS_MAX, TimeUnit.SECONDS);
        }
    }

    private Map<AccountName, Provider> providers(Vertx loop, Map<String, CallBudget> budgets, int connections) {
        Map<AccountName, Provider> providers = new HashMap<>();
        accounts.byName().forEach((name, account) -> {
            if (account.provider().equals(DIGITALOCEAN)) {
                AccountName of = new AccountName(name);
                providers.put(of, new Provider(loop, of, account, budgets.get(name), book, connections));
            }
        });
        return Map.copyOf(providers);
    }
}
