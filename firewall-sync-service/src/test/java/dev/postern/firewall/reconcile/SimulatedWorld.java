// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.Actor;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.FirewallChanged.OpeningChange;
import dev.postern.events.FirewallChanged.OpeningState;
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
import dev.postern.firewall.Opening;
import dev.postern.firewall.ProtectedService;
import dev.postern.firewall.budget.BudgetPolicy;
import dev.postern.firewall.plan.Access;
import dev.postern.firewall.plan.FirewallContent;
import dev.postern.firewall.plan.FirewallRule;
import dev.postern.firewall.plan.ObjectNames;
import dev.postern.firewall.plan.ProviderLimits;
import dev.postern.firewall.plan.ServiceContent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/** Tables, a provider, processes and what happens to them, all from one seed; and what has to be true of it at every moment. */
final class SimulatedWorld {
    static final AccountName ACME = new AccountName("acme");
    static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    final VirtualTime time;
    final Installation installation;
    final Random random;
    final ProviderLimits limits;
    final SimulatedTables tables;
    final SimulatedProvider provider;
    final List<SimulatedProcess> processes = new ArrayList<>();
    final List<String> wrong = new ArrayList<>();
    private final SimulatedCount count;
    private final BudgetPolicy share;
    private final Map<String, FirewallContent> foreign = new HashMap<>();
    private final Map<String, Long> unwantedSince = new HashMap<>();
    private final Map<String, OpeningState> lastTold = new HashMap<>();
    private final Map<ServiceName, Long> lastSequence = new HashMap<>();
    /** When the last grant of each access ends. */
    private final Map<ServiceName, Map<Access, Instant>> lastEnd = new HashMap<>();
    /** Accesses that others wrote into one object of ours, that a lost grant could explain, and too many to remove. */
    private final Map<String, Set<Access>> held = new HashMap<>();
    private int checkedEvents;
    private long healthyFromMicros;
    private int processCount;
    private int grants;
    private int troubles;
    /** Maximum time that an address may be shown without a grant while nothing is broken: a drift sweep, a hold, and the budget's delays. */
    Duration bound = Duration.ofSeconds(130);
    /** Probability that the process that handled an event ends before it triggers a run. */
    double pokesLost = 0.05;

    SimulatedWorld(long seed, ProviderLimits limits, int replicas) {
        this(seed, limits, replicas, Duration.ofSeconds(1));
    }

    /** An installation of Postern. @param label by which a test knows it */
    record Installation(String label, ObjectNames names) {
        static final Installation ONLY = new Installation("", ObjectNames.PLAIN);
    }

    /** @param checkEvery how often everything that has to be true is looked at */
    SimulatedWorld(long seed, ProviderLimits limits, int replicas, Duration checkEvery) {
        this(new VirtualTime(START), new Random(seed), limits, Installation.ONLY, Optional.empty(), replicas, checkEvery, BudgetPolicy.DIGITALOCEAN);
    }

    /** A world whose provider takes few calls. */
    SimulatedWorld(long seed, ProviderLimits limits, int replicas, BudgetPolicy share) {
        this(new VirtualTime(START), new Random(seed), limits, Installation.ONLY, Optional.empty(), replicas, Duration.ofSeconds(1), share);
    }

    /** Returns another installation, with tables and processes of its own, at the same account of the same provider. */
    SimulatedWorld beside(Installation other) {
        return new SimulatedWorld(time, random, limits, other, Optional.of(provider), 1, Duration.ofSeconds(1), share);
    }

    SimulatedWorld(VirtualTime time, Random random, ProviderLimits limits, Installation installation, Optional<SimulatedProvider> shared, int replicas,
                   Duration checkEvery, BudgetPolicy share) {
        this.time = time;
        this.random = random;
        this.limits = limits;
        this.installation = installation;
        this.share = share;
        count = new SimulatedCount(time);
        tables = new SimulatedTables(time, Map.of(ACME, limits));
        provider = shared.orElseGet(() -> new SimulatedProvider(time, random, limits, share.perMinute(), share.perPeriod()));
        provider.letIn.put(installation.label(), this::asked);
        provider.foreignMade = made -> foreign.put(made.id, made.content);
        tables.told = this::closed;
        every(Duration.ofSeconds(5), tables::tellOverdue);
        for (int replica = 0; replica < replicas; replica++) {
            startProcess();
        }
        every(Duration.ofSeconds(1), () -> {
            Set<ServiceName> due = tables.due();
            running().forEach(process -> process.poke(due, false, false));
        });
        every(Duration.ofSeconds(60), () -> running().forEach(process -> process.poke(tables.all(), false, false)));
        every(checkEvery, this::check);
    }

    void every(Duration interval, Runnable what) {
        time.after(interval, () -> {
            what.run();
            every(interval, what);
        });
    }

    List<SimulatedProcess> running() {
        return processes.stream().filter(SimulatedProcess::alive).toList();
    }

    SimulatedProcess startProcess() {
        SimulatedProcess process = new SimulatedProcess(++processCount, time, tables, provider, count, share, random,
            service -> time.after(Duration.ofMillis(2), () -> running().forEach(other -> other.poke(List.of(service), false, true))),
            installation);
        processes.add(process);
        process.poke(tables.all(), false, false);
        return process;
    }

    /** Something is amiss: what is shown may be late, from now until it has been well for a while. */
    void amiss() {
        healthyFromMicros = Long.MAX_VALUE;
        troubles++;
    }

    /** Records the end of a disturbance; after {@code arrivals} none of its effects is still pending. */
    void mended(Duration arrivals) {
        int before = troubles;
        time.after(arrivals, () -> healthyFromMicros = troubles == before ? time.micros() : healthyFromMicros);
    }

    ServiceName protect(String name) {
        return protect(name, List.of());
    }

    /** @param droplets what it is attached to besides its tag */
    ServiceName protect(String name, List<Long> droplets) {
        ServiceName service = new ServiceName(name);
        boolean list = limits.form() == ProviderLimits.Form.LIST;
        Attachment attachment = new Attachment(list ? List.of() : List.of("tag-" + name), list ? List.of() : droplets);
        ServiceContent content = new ServiceContent(ACME, Optional.empty(), attachment,
            List.of(new ServicePort(Protocol.TCP, PortRange.of("5432"))), SourceRules.DEFAULT);
        ProtectedService before = tables.services.getOrDefault(service, new ProtectedService.Unprotected(service, 0, Optional.empty()));
        tables.put(before.onPut(content, new Actor("olga", "operator-console"), time.now()).next());
        poke(Set.of(service));
        return service;
    }

    void remove(ServiceName service) {
        tables.put(tables.services.get(service).onRemoved(new Actor("olga", "operator-console"), time.now()).next());
        poke(Set.of(service));
    }

    void addForeign(String name) {
        FirewallContent content = new FirewallContent(name, List.of(new FirewallRule(new Access.Ports(Protocol.TCP, PortRange.of("22")),
            List.of(new SourceAddress("198.51.100.9")))), new Attachment(List.of("theirs"), List.of()));
        foreign.put(provider.add(content, true), content);
    }

    AccessRequestId grant(ServiceName service, String source, Duration validFor, Optional<AccessRequestId> replaces) {
        AccessRequestId id = new AccessRequestId(new UUID(0x4000L | (long) ++grants << 16, 0x8000000000000000L | grants));
        lastEnd.computeIfAbsent(service, none -> new HashMap<>()).merge(new Access(Protocol.TCP, PortRange.of("5432"), new SourceAddress(source)),
            time.now().plus(validFor), (one, other) -> one.isAfter(other) ? one : other);
        AuthorizationDetail opening = new AuthorizationDetail.FirewallOpening(ResourceName.of(service), Protocol.TCP, PortRange.of("5432"),
            List.of(new SourceAddress(source)));
        poke(tables.decided(new AccessDecided(id, ACME, new Requester(Requester.Kind.PORTAL, "portal", "client-portal", List.of()), Optional.empty(),
            AccessDecided.Decision.GRANTED, List.of(opening), List.of(), Optional.of(time.now().plus(validFor)), List.of(new PolicyId("p")), 1, List.of(),
            "a".repeat(64), replaces, time.now())));
        return id;
    }

    void end(AccessRequestId grant) {
        poke(tables.end(grant, "revoked"));
    }

    /** The process that handled the event pokes; it may have died before. */
    private void poke(Set<ServiceName> touched) {
        List<SimulatedProcess> running = running();
        if (!running.isEmpty() && random.nextDouble() >= pokesLost) {
            SimulatedProcess handler = running.get(random.nextInt(running.size()));
            time.after(Duration.ofMillis(1), () -> handler.poke(touched, true, true));
        }
    }

    /** Others do something to an object of ours. */
    void drift() {
        List<SimulatedProvider.Held> ours = noted();
        if (!ours.isEmpty()) {
            provider.drift(ours.get(random.nextInt(ours.size())));
            disturbed();
        }
    }

    /** Records drift, which the next sweep finds. */
    void disturbed() {
        if (healthyFromMicros != Long.MAX_VALUE) {
            healthyFromMicros = time.micros();
        }
    }

    /** Objects of ours that we know of: one that others change before we do is theirs. */
    private List<SimulatedProvider.Held> noted() {
        Set<String> ids = new HashSet<>();
        tables.objects.values().forEach(object -> object.id().ifPresent(ids::add));
        return provider.objects.values().stream().filter(held -> ids.contains(held.id)).toList();
    }

    /** A tag or Droplet goes, and with it from every object that was attached to it. */
    void forgetAttachments() {
        noted().forEach(provider::forgetAttachment);
        disturbed();
    }

    /** Others write many addresses into one object of ours. @param plausible whether a grant could have been of them */
    void flood(boolean plausible) {
        List<SimulatedProvider.Held> ours = noted().stream().filter(held -> !held.content.inbound().isEmpty()).toList();
        if (ours.isEmpty()) {
            return;
        }
        SimulatedProvider.Held object = ours.get(random.nextInt(ours.size()));
        boolean list = limits.form() == ProviderLimits.Form.LIST;
        Access.Ports door = plausible || list ? object.content.inbound().get(0).door() : new Access.Ports(Protocol.TCP, PortRange.of("22"));
        List<SourceAddress> sources = new ArrayList<>();
        for (int at = 1; at <= 25; at++) {
            sources.add(new SourceAddress(plausible ? "198.51.100." + at : at * 4 + ".0.0.0/8"));
        }
        List<FirewallRule> rules = new ArrayList<>(object.content.inbound());
        if (list) {
            List<SourceAddress> all = new ArrayList<>(rules.remove(0).sources());
            all.addAll(sources.stream().filter(source -> !all.contains(source)).toList());
            rules.add(new FirewallRule(door, all));
        } else {
            rules.add(new FirewallRule(door, sources));
        }
        object.content = new FirewallContent(object.content.name(), rules, object.content.attachment());
        if (plausible) {
            sources.forEach(source -> held.computeIfAbsent(object.id, none -> new HashSet<>()).add(new Access(door.protocol(), door.ports(), source)));
        }
        disturbed();
    }

    /** An operator takes them out, and again while a call that was on its way may have brought them back. After that nothing does. */
    void clean() {
        Map<String, Set<Access>> now = new HashMap<>(held);
        takeOut(now);
        time.after(Duration.ofSeconds(2), () -> takeOut(now));
        time.after(Duration.ofSeconds(25), () -> takeOut(now));
        time.after(Duration.ofSeconds(30), () -> { // a change may have been planned on a read of four seconds before
            takeOut(now);
            held.keySet().removeAll(now.keySet());
            disturbed();
        });
        disturbed();
    }

    private void takeOut(Map<String, Set<Access>> theirs) {
        theirs.forEach((id, accesses) -> {
            SimulatedProvider.Held object = provider.objects.get(id);
            if (object != null) {
                object.content = object.content.without(accesses);
            }
        });
    }

    /** Others give an object of ours another name, and its name to one of theirs. */
    void rename() {
        List<SimulatedProvider.Held> ours = noted();
        if (!ours.isEmpty() && limits.form() == ProviderLimits.Form.FIREWALL) {
            SimulatedProvider.Held object = ours.get(random.nextInt(ours.size()));
            String name = object.content.name();
            object.content = new FirewallContent("theirs-" + provider.objects.size() + "-" + VirtualTime.seconds(time.micros()) + "-" + name.hashCode(),
                object.content.inbound(), object.content.attachment());
            addForeign(name);
            disturbed();
        }
    }

    private boolean of(ServiceName service, SimulatedProvider.Held object) {
        return !object.foreign && object.maker.equals(installation.label())
            && (limits.form() == ProviderLimits.Form.LIST ? object.madeAs.equals(installation.names().list(service))
                : object.madeAs.startsWith(installation.names().prefix() + service + "-"));
    }

    /** Returns the accesses in objects of the service, except for those that are kept in an object that others wrote to. */
    Set<Access> shown(ServiceName service) {
        Set<Access> shown = new HashSet<>();
        for (SimulatedProvider.Held object : provider.effective()) {
            if (of(service, object)) {
                Set<Access> reached = object.reaches(limits.form() == ProviderLimits.Form.LIST, time.micros());
                reached.removeAll(held.getOrDefault(object.id, Set.of()));
                reached.remove(Access.NOBODY);
                shown.addAll(reached);
            }
        }
        return shown;
    }

    /** Nobody is asked to be let in after the end of their last grant. */
    private void asked(ServiceName service, Set<Access> accesses) {
        for (Access access : accesses) {
            Instant end = lastEnd.getOrDefault(service, Map.of()).get(new Access(Protocol.TCP, PortRange.of("5432"), access.source()));
            if (access.equals(Access.NOBODY)) {
                continue;
            }
            boolean taken = held.values().stream().anyMatch(theirs -> theirs.contains(access)); // out by an operator after the look
            if (!taken && (end == null || !end.isAfter(time.now()))) {
                wrong.add(time.now() + ": " + service + " was asked to let in " + access + ", whose last grant ended at " + end);
            }
        }
    }

    /** Closed is said only of who does not get in, by anything that the provider carries out already or has accepted. */
    private void closed(ServiceName service, OpeningChange change) {
        boolean held = change.detail().filter(detail -> detail.endsWith("for another grant")).isPresent();
        Access access = new Access(change.protocol(), change.ports(), change.source());
        if (change.state() == OpeningState.CLOSED && !held && healthyFromMicros != Long.MAX_VALUE && time.micros() > healthyFromMicros
            && shown(service).contains(access) && !wanted(service).contains(access)) {
            wrong.add(time.now() + ": " + service + " said that " + access + " is closed, and it gets in");
        }
    }

    Set<Access> wanted(ServiceName service) {
        Set<Access> wanted = new HashSet<>();
        tables.live(service).stream().filter(opening -> opening.wanted(time.now())).forEach(opening -> wanted.add(opening.granted().access()));
        return tables.services.get(service).content().isEmpty() ? Set.of() : wanted;
    }

    private void check() {
        foreign.forEach((id, content) -> {
            SimulatedProvider.Held held = provider.objects.get(id);
            if (held == null || !held.content.equals(content)) {
                wrong.add(time.now() + ": a foreign object was touched: " + content.name());
            }
        });
        wrong.addAll(provider.writesToOthers);
        provider.writesToOthers.clear();
        if (provider.tooMany > 0) {
            wrong.add(time.now() + ": a call beyond the provider's limits");
        }
        for (ServiceName service : tables.services.keySet()) {
            Set<Access> wanted = wanted(service);
            Set<Access> shown = shown(service);
            for (Access access : shown) {
                if (!wanted.contains(access)) {
                    long since = unwantedSince.computeIfAbsent(service + " " + access, none -> time.micros());
                    long from = Math.max(since, healthyFromMicros);
                    if (from != Long.MAX_VALUE && time.micros() - from > bound.toMillis() * 1_000) {
                        wrong.add(time.now() + ": " + service + " lets in " + access + " without a grant for longer than " + bound);
                    }
                }
            }
            Set<String> unwanted = new HashSet<>();
            shown.stream().filter(access -> !wanted.contains(access)).forEach(access -> unwanted.add(service + " " + access));
            unwantedSince.keySet().removeIf(key -> key.startsWith(service + " ") && !unwanted.contains(key));
        }
        for (; checkedEvents < tables.published.size(); checkedEvents++) {
            var event = tables.published.get(checkedEvents);
            long expected = lastSequence.merge(event.service(), 1L, Long::sum);
            if (event.sequence() != expected) {
                wrong.add(time.now() + ": " + event.service() + " told number " + event.sequence() + " instead of " + expected);
            }
            event.changes().forEach(this::told);
        }
    }

    /** No state is told twice in a row, nothing after the end, and open only of what was to be opened. */
    private void told(OpeningChange change) {
        String key = change.requestId() + " " + change.source();
        OpeningState before = lastTold.put(key, change.state());
        boolean legal = change.state() == OpeningState.OPEN ? before == null || before == OpeningState.OPENING
            : change.state() == OpeningState.OPENING ? before == OpeningState.OPEN
            : change.state() == OpeningState.CLOSING ? before == null || before == OpeningState.OPEN || before == OpeningState.OPENING
            : change.state() == OpeningState.CLOSED ? before != OpeningState.CLOSED && before != OpeningState.FAILED : before == null;
        if (!legal) {
            wrong.add(time.now() + ": told " + change.state() + " after " + before + " of " + key);
        }
    }

    /** Runs until no grant has ended for a while. */
    void settle() {
        time.run(Duration.ofMinutes(8));
        // What was worked around is tried again every minute: a run may be at it just now.
        for (int more = 0; endedLately() || more < 200 && tables.standings.values().stream().anyMatch(standing -> !standing.driftPending.isEmpty()); more++) {
            time.run(Duration.ofSeconds(10));
        }
    }

    private boolean endedLately() {
        return tables.openings.values().stream().map(opening -> opening.granted().validUntil())
            .anyMatch(end -> !end.isAfter(time.now()) && end.isAfter(time.now().minusSeconds(40)));
    }

    /** Everything is well for long enough: what is granted is open, and nothing else is. */
    void checkSettled() {
        processes.forEach(process -> wrong.addAll(0, process.broken));
        for (ServiceName service : tables.services.keySet()) {
            if (!shown(service).equals(wanted(service))) {
                wrong.add("in the end " + service + " shows " + shown(service) + " instead of " + wanted(service));
            }
            for (Opening opening : tables.live(service)) {
                if (opening.state() != OpeningState.OPEN || !opening.wanted(time.now())) {
                    wrong.add("in the end " + opening.granted() + " is " + opening.state());
                }
            }
            if (!tables.standing(service).driftPending.isEmpty()) {
                wrong.add("in the end drift of " + service + " is pending: " + tables.standing(service).driftPending);
            }
        }
        tables.openings.values().forEach(opening -> {
            if (!opening.live() && lastTold.get(opening.granted().requestId() + " " + opening.granted().access().source()) != opening.state()) {
                wrong.add("in the end nobody was told that " + opening.granted() + " is " + opening.state());
            }
        });
    }
}
