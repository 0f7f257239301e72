// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.Actor;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.PolicyId;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.Requester;
import dev.postern.events.ResourceName;
import dev.postern.events.ServiceName;
import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.events.ServiceProtected.ServicePort;
import dev.postern.events.ServiceProtected.SourceRules;
import dev.postern.events.SourceAddress;
import dev.postern.firewall.LimitRemovals;
import dev.postern.firewall.ProtectedService;
import dev.postern.firewall.budget.CloudFailure;
import dev.postern.firewall.cloud.CloudFirewall;
import dev.postern.firewall.cloud.cloudflare.VirtualCloudflare;
import dev.postern.firewall.plan.ObjectNames;
import dev.postern.firewall.plan.ProviderLimits;
import dev.postern.firewall.plan.ServiceContent;
import dev.postern.firewall.postgres.Owner;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/** One process with services in one account at Cloudflare, in virtual time, with the real client and the real decisions. */
final class CloudflareWorld {
    private static final AccountName ACME = new AccountName("acme");

    final VirtualTime time = new VirtualTime(Instant.parse("2026-03-01T12:00:00Z"));
    final SimulatedTables tables = new SimulatedTables(time, Map.of(ACME, ProviderLimits.CLOUDFLARE));
    final Map<ServiceName, ServiceLoop> lanes = new LinkedHashMap<>();
    final VirtualCloudflare cloud;
    /** Violations that no run should ever cause. */
    final List<String> broken = new ArrayList<>();
    final Map<AccessRequestId, Instant> granted = new HashMap<>();
    final Map<AccessRequestId, Instant> ended = new HashMap<>();
    private final RunCollaborators parts;
    private int grants;

    /** @param writesPer12Hours operations that the provider takes in twelve hours; 0 where it lifted the limit */
    CloudflareWorld(int lists, int writesPer12Hours) {
        cloud = new VirtualCloudflare(new VirtualCloudflare.Later() {
            @Override
            public <T> Uni<T> later(Duration wait, Callable<T> work) {
                return time.later(wait, () -> true, work);
            }
        }, time::after, time::now, writesPer12Hours);
        cloud.onTurn(service -> lanes.get(service).turnCame());
        Owner owner = new Owner() {
            @Override
            public Uni<Boolean> take(ServiceName service) {
                return Uni.createFrom().item(tables.take(service, 1));
            }

            @Override
            public boolean owns(ServiceName service) {
                return true;
            }
        };
        CallPriority.ProviderClients desk = (account, errand) -> Optional.of(cloud.firewalls(errand.service(), errand.urgency()));
        parts = new RunCollaborators(owner, tables.of(1, () -> true), desk, (step, service) -> Uni.createFrom().voidItem(),
            new ReconcileMetrics(new SimpleMeterRegistry(), Map.<AccountName, CloudFirewall>of()), time::now, ObjectNames.PLAIN, new LimitRemovals(0.2, 20),
            Duration.ofSeconds(10), Duration.ofSeconds(2), new HashMap<>());
        IntStream.rangeClosed(1, lists).forEach(at -> {
            ServiceContent content = new ServiceContent(ACME, Optional.empty(), new Attachment(List.of(), List.of()),
                List.of(new ServicePort(Protocol.TCP, PortRange.of("5432"))), SourceRules.DEFAULT);
            tables.put(
                new ProtectedService.Unprotected(service(at), 0, Optional.empty()).onPut(content, new Actor("olga", "operator-console"), time.now()).next());
            lanes.put(service(at), new ServiceLoop(service(at)));
            lanes.get(service(at)).poke(true);
        });
        every(Duration.ofSeconds(1), () -> tables.due().forEach(service -> lanes.get(service).poke(false)));
        every(Duration.ofSeconds(60), () -> tables.all().forEach(service -> lanes.get(service).poke(false)));
        time.run(Duration.ofSeconds(70));
    }

    static ServiceName service(int list) {
        return new ServiceName("shop-" + list);
    }

    static String list(int list) {
        return "postern_shop_" + list;
    }

    private void every(Duration interval, Runnable what) {
        time.after(interval, () -> {
            what.run();
            every(interval, what);
        });
    }

    AccessRequestId grant(ServiceName service, String source, Duration validFor) {
        AccessRequestId id = new AccessRequestId(new UUID(0x4000L | (long) ++grants << 16, 0x8000000000000000L | grants));
        AuthorizationDetail opening = new AuthorizationDetail.FirewallOpening(ResourceName.of(service), Protocol.TCP, PortRange.of("5432"),
            List.of(new SourceAddress(source)));
        granted.put(id, time.now());
        ended.put(id, time.now().plus(validFor));
        tables.decided(new AccessDecided(id, ACME, new Requester(Requester.Kind.PORTAL, "portal", "client-portal", List.of()), Optional.empty(),
            AccessDecided.Decision.GRANTED, List.of(opening), List.of(), Optional.of(time.now().plus(validFor)), List.of(new PolicyId("p")), 1, List.of(),
            "a".repeat(64), Optional.empty(), time.now())).forEach(touched -> lanes.get(touched).poke(true));
        return id;
    }

    void end(AccessRequestId grant) {
        ended.put(grant, time.now());
        tables.end(grant, "revoked").forEach(service -> lanes.get(service).poke(true));
    }

    final class ServiceLoop {
        private final ServiceName service;
        private final RunSchedule turns = new RunSchedule();
        private Instant endAwaited = Instant.EPOCH;
        RunOutcome outcome;

        ServiceLoop(ServiceName service) {
            this.service = service;
        }

        void poke(boolean news) {
            turns.poke(false, news, time.now()).ifPresent(this::startIn);
        }

        void turnCame() {
            turns.turnCame(time.now()).ifPresent(this::startIn);
        }

        private void startIn(Duration wait) {
            if (wait.isZero()) {
                start();
            } else {
                time.after(wait, () -> {
                    if (turns.wake(time.now())) {
                        start();
                    }
                });
            }
        }

        private void start() {
            ReconcileRun activation = new ReconcileRun(service, parts, Runnable::run, turns.begin(time.now()));
            activation.run().subscribe().with(done -> ended(activation, done), failure -> {
                if (!(failure instanceof CloudFailure)) {
                    broken.add(time.now() + ": " + failure + " at " + List.of(failure.getStackTrace()).subList(0, 5));
                }
                ended(activation, RunOutcome.of(failure));
            });
        }

        private void ended(ReconcileRun activation, RunOutcome done) {
            if (Boolean.getBoolean("postern.simulation.trace")) {
                System.out.println(time.now() + " " + service + " " + done + (activation.changed() ? " changed" : ""));
            }
            outcome = done;
            if (activation.changed()) {
                cloud.changed();
            }
            turns.ended(done, activation.changed(), activation.lastLook(), activation.expectedNext(), cloud.pace(service), activation.closes(), time.now(), 0.5)
                .ifPresent(this::startIn);
            activation.nextEnd().filter(end -> !endAwaited.isAfter(time.now()) || end.isBefore(endAwaited)).ifPresent(end -> {
                endAwaited = end;
                time.after(Duration.between(time.now(), end).plusMillis(1), () -> poke(true));
            });
        }
    }
}
