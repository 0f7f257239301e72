// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.FirewallChanged;
import dev.postern.events.FirewallChanged.OpeningChange;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.events.ServiceName;
import dev.postern.firewall.FirewallNews;
import dev.postern.firewall.OpenGrant;
import dev.postern.firewall.Opening;
import dev.postern.firewall.OpeningTransitions;
import dev.postern.firewall.ProtectedService;
import dev.postern.firewall.budget.CallBudget;
import dev.postern.firewall.plan.Access;
import dev.postern.firewall.plan.ProviderLimits;
import dev.postern.firewall.postgres.ReconcileStore;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/** The tables in memory: every statement is one step of virtual time, done wholly or not at all; what it says was published is kept. */
final class SimulatedTables {
    static final Duration STATEMENT = Duration.ofMillis(1);

    final Map<ServiceName, ProtectedService> services = new LinkedHashMap<>();
    final Map<Opening.Granted, Opening> openings = new LinkedHashMap<>();
    final Map<AccessRequestId, String> ended = new LinkedHashMap<>();
    final Map<String, ReconcileStore.ManagedObject> objects = new LinkedHashMap<>();
    final Map<String, ServiceName> serviceOfObject = new LinkedHashMap<>();
    final Map<ReconcileStore.GoneObject, ServiceName> gone = new LinkedHashMap<>();
    final Map<ServiceName, ServiceStatus> standings = new LinkedHashMap<>();
    final Map<ServiceName, Integer> owners = new LinkedHashMap<>();
    /** The process that takes what nobody owns; none if services came from other accounts, each with its process. */
    Optional<Integer> home = Optional.empty();
    boolean scattered;
    /** True if no other firewall protects the Droplets of the services, and the operator did not accept that. */
    boolean lastWall;
    final List<FirewallChanged> published = new ArrayList<>();
    /** Hears of every change at the moment in which it is told. */
    BiConsumer<ServiceName, OpeningChange> told = (service, change) -> {};
    static final Duration OVERDUE_AFTER = Duration.ofSeconds(60);
    final Set<Opening.Granted> overdueTold = new java.util.HashSet<>();
    private final Map<ServiceName, Map<Opening.Granted, Opening>> live = new LinkedHashMap<>();
    private final VirtualTime time;
    private final Map<AccountName, ProviderLimits> limits;

    SimulatedTables(VirtualTime time, Map<AccountName, ProviderLimits> limits) {
        this.time = time;
        this.limits = limits;
    }

    static final class ServiceStatus {
        long sequence;
        long appliedVersion;
        List<String> driftPending = List.of();
    }

    ServiceStatus standing(ServiceName service) {
        return standings.computeIfAbsent(service, none -> new ServiceStatus());
    }

    private void put(Opening opening) {
        openings.put(opening.granted(), opening);
        Map<Opening.Granted, Opening> mine = live.computeIfAbsent(opening.granted().service(), none -> new LinkedHashMap<>());
        if (opening.live()) {
            mine.put(opening.granted(), opening);
        } else {
            mine.remove(opening.granted());
        }
    }

    List<Opening> live(ServiceName service) {
        return List.copyOf(live.getOrDefault(service, Map.of()).values());
    }

    /** Simulates OnAccessDecided. @return services that have work */
    Set<ServiceName> decided(AccessDecided event) {
        Set<ServiceName> touched = new TreeSet<>();
        for (Opening opening : OpenGrant.decide(event, services, limits, Optional.ofNullable(ended.get(event.requestId())), time.now())) {
            put(opening);
            touched.add(opening.granted().service());
            if (!opening.live()) {
                tell(opening.granted().service(), event.account(), new FirewallNews(List.of(opening.told()), List.of()));
            }
        }
        event.replaces().ifPresent(old -> touched.addAll(end(old, "replaced")));
        return touched;
    }

    /** Simulates OnAccessEnded. */
    Set<ServiceName> end(AccessRequestId request, String why) {
        ended.putIfAbsent(request, why);
        Set<ServiceName> touched = new TreeSet<>();
        for (Opening opening : live.values().stream().flatMap(each -> each.values().stream())
            .filter(each -> each.granted().requestId().equals(request)).toList()) {
            put(opening.onEnded(why, time.now()));
            touched.add(opening.granted().service());
        }
        return touched;
    }

    /** Simulates ServiceResource: the service is put or removed, openings follow. */
    void put(ProtectedService service) {
        services.put(service.name(), service);
        for (Opening opening : live(service.name())) {
            if (service.content().isEmpty() || service.content().get().refusal(opening.granted().access()).isPresent()) {
                put(opening.onEnded("service-changed", time.now()));
            }
        }
    }

    /** Simulates ExpirySweep. */
    Set<ServiceName> due() {
        Set<ServiceName> due = new TreeSet<>();
        Instant now = time.now();
        Instant before = now.minusSeconds(3);
        live.forEach((service, granted) -> {
            for (Opening opening : granted.values()) {
                boolean over = opening.state() != OpeningState.CLOSING && !opening.granted().validUntil().isAfter(now);
                boolean waits = opening.state() != OpeningState.OPEN && !opening.since().isAfter(before);
                if (over || waits) {
                    due.add(service);
                    break;
                }
            }
        });
        return due;
    }

    /** Simulates DriftSweep. */
    Set<ServiceName> all() {
        Set<ServiceName> all = new TreeSet<>(serviceOfObject.values());
        all.addAll(gone.values());
        services.forEach((name, service) -> service.content().ifPresent(content -> all.add(name)));
        live.forEach((name, granted) -> {
            if (!granted.isEmpty()) {
                all.add(name);
            }
        });
        return all;
    }

    private void tell(ServiceName service, AccountName account, FirewallNews news) {
        ServiceStatus standing = standing(service);
        standing.sequence += news.count();
        news.events(service, account, standing.sequence, time.now()).forEach(event -> published.add((FirewallChanged) event));
        news.changes().forEach(change -> told.accept(service, change));
    }

    /** Simulates OverdueSweep. */
    void tellOverdue() {
        Instant over = time.now().minus(OVERDUE_AFTER);
        live.forEach((service, granted) -> {
            List<OpeningChange> changes = new ArrayList<>();
            List<Opening> late = OpeningTransitions.late(granted.values().stream().filter(opening -> opening.state() == OpeningState.CLOSING
                || !opening.granted().validUntil().isAfter(over)).toList(), over);
            late.stream().filter(opening -> overdueTold.add(opening.granted())).forEach(opening -> {
                changes.add(OpeningTransitions.overdue(opening));
                put(opening.onEnded(OpeningTransitions.EXPIRED, opening.granted().validUntil()));
            });
            if (!changes.isEmpty()) {
                tell(service, services.get(service).account().orElseThrow(), new FirewallNews(changes, List.of()));
            }
        });
    }

    private List<Opening> save(Map<Opening, Opening> nextByBefore) {
        List<Opening> saved = new ArrayList<>();
        nextByBefore.forEach((before, next) -> {
            Opening row = openings.get(before.granted());
            if (row != null && row.state() == before.state() && next.state() != before.state()) {
                put(next);
                saved.add(next);
            }
        });
        return saved;
    }

    /** Simulates a claim by Ownership. @return true if the process owns the service */
    boolean take(ServiceName service, int process) {
        if (owners.containsKey(service)) {
            return owners.get(service) == process;
        }
        home = scattered || home.isPresent() ? home : Optional.of(process);
        if (!scattered && home.get() != process) {
            return false;
        }
        owners.put(service, process);
        return true;
    }

    /** The process is gone, and its locks with it. */
    void free(int process) {
        owners.values().removeIf(owner -> owner == process);
        home = home.filter(at -> at != process);
    }

    /** The tables as one process sees them. */
    ReconcileStore of(int process, BooleanSupplier there) {
        return new View(process, there);
    }

    private final class View implements ReconcileStore {
        private final int process;
        private final BooleanSupplier there;

        View(int process, BooleanSupplier there) {
            this.process = process;
            this.there = there;
        }

        private <T> Uni<T> statement(Callable<T> work) {
            return time.later(STATEMENT, there, work);
        }

        private void fence(ServiceName service) {
            if (!Integer.valueOf(process).equals(owners.get(service))) {
                throw new OwnershipLost();
            }
        }

        @Override
        public Uni<Snapshot> load(ServiceName name) {
            return statement(() -> new Snapshot(services.getOrDefault(name, new ProtectedService.Unprotected(name, 0, Optional.empty())), live(name),
                objects.values().stream().filter(object -> name.equals(serviceOfObject.get(object.name()))).toList(), gone.entrySet().stream()
                    .filter(entry -> entry.getValue().equals(name)).map(Map.Entry::getKey).toList(),
                standing(name).appliedVersion, standing(name).driftPending,
                Optional.empty(), lastWall));
        }

        @Override
        public Uni<Boolean> noteCreating(ServiceName service, ManagedObject object) {
            return statement(() -> {
                ManagedObject before = objects.get(object.name());
                if (before != null && before.id().isPresent()) {
                    return false;
                }
                objects.put(object.name(), object);
                serviceOfObject.put(object.name(), service);
                return true;
            });
        }

        @Override
        public Uni<Void> noteAnswered(ManagedObject object) {
            return statement(() -> {
                if (object.id().isEmpty() && object.digests().isEmpty()) {
                    objects.remove(object.name());
                    serviceOfObject.remove(object.name());
                } else {
                    objects.computeIfPresent(object.name(), (key, before) -> new ManagedObject(object.account(), key, object.id().or(before::id), false,
                        before.asked(), before.madeAt(), before.firstMadeAt(), object.digests()));
                }
                return null;
            });
        }

        @Override
        public Uni<Void> noteGone(ServiceName service, GoneObject object) {
            return statement(() -> {
                if (objects.containsKey(object.name()) && objects.get(object.name()).id().equals(Optional.of(object.id()))) {
                    objects.remove(object.name());
                    serviceOfObject.remove(object.name());
                }
                gone.put(object, service);
                return null;
            });
        }

        @Override
        public Uni<Void> noteFound(ServiceName service, GoneObject object) {
            return statement(() -> {
                gone.keySet().removeIf(before -> before.account().equals(object.account()) && before.id().equals(object.id()));
                if (!objects.containsKey(object.name()) || objects.get(object.name()).id().isEmpty()) {
                    objects.put(object.name(), new ManagedObject(object.account(), object.name(), Optional.of(object.id()), false, false, time.now(),
                        time.now(), List.of()));
                }
                serviceOfObject.putIfAbsent(object.name(), service);
                return null;
            });
        }

        @Override
        public Uni<Void> noteNobodys(AccountName account, Map<String, String> nameById, Instant at) {
            return statement(() -> null);
        }

        @Override
        public Uni<Void> noteAsked(AccountName account, String name, boolean asked) {
            return statement(() -> {
                objects.computeIfPresent(name, (key, before) -> before.asked(asked));
                return null;
            });
        }

        @Override
        public Uni<Void> noteLeaving(AccountName account, String id) {
            return statement(() -> {
                objects.replaceAll((name, before) -> before.id().equals(Optional.of(id)) ? before.going() : before);
                return null;
            });
        }

        @Override
        public Uni<Void> noteLost(AccountName account, String name) {
            return statement(() -> {
                objects.computeIfPresent(name, (key, before) -> new ManagedObject(account, name, Optional.empty(), false, before.asked(), before.madeAt(),
                    before.firstMadeAt(), before.digests()));
                return null;
            });
        }

        @Override
        public Uni<Void> forget(AccountName account, String name) {
            return statement(() -> {
                objects.remove(name);
                serviceOfObject.remove(name);
                return null;
            });
        }

        @Override
        public Uni<Map<Access, Instant>> everGranted(ServiceName service, Set<Access> accesses) {
            return statement(() -> {
                Map<Access, Instant> known = new LinkedHashMap<>();
                openings.values().stream().filter(opening -> opening.granted().service().equals(service) && opening.state() != OpeningState.FAILED
                    && accesses.contains(opening.granted().access())).forEach(opening -> known.merge(opening.granted().access(), opening.since(),
                        (one, other) -> one.isAfter(other) ? one : other));
                return known;
            });
        }

        @Override
        public Uni<FirewallNews> settle(Snapshot snapshot, AccountName account, Map<Opening, Opening> changed, boolean whole, Instant shownAt,
                                        CallBudget budget) {
            ServiceName service = snapshot.service().name();
            return statement(() -> {
                fence(service);
                List<OpeningChange> changes = new ArrayList<>();
                List<Opening> closing = changed.entrySet().stream().filter(entry -> entry.getValue().state() == OpeningState.CLOSED
                    && openings.get(entry.getKey().granted()).state() == entry.getKey().state()).map(Map.Entry::getKey).toList();
                OpeningTransitions.late(closing, shownAt.minus(OVERDUE_AFTER)).stream().filter(late -> overdueTold.add(late.granted()))
                    .forEach(late -> changes.add(OpeningTransitions.overdue(late)));
                save(changed).forEach(opening -> changes.add(opening.told()));
                FirewallNews news = new FirewallNews(changes, whole ? snapshot.driftPending() : List.of());
                tell(service, account, news);
                if (whole) {
                    standing(service).driftPending = List.of();
                    standing(service).appliedVersion = snapshot.service().version();
                }
                return news;
            });
        }

        @Override
        public Uni<FirewallNews> foundDrift(ServiceName service, AccountName account, List<String> lines, Map<Opening, Opening> lost, Instant shownAt) {
            return statement(() -> {
                fence(service);
                FirewallNews news = new FirewallNews(save(lost).stream().map(Opening::told).toList(), List.of());
                tell(service, account, news);
                standing(service).driftPending = lines;
                return news;
            });
        }
    }
}
