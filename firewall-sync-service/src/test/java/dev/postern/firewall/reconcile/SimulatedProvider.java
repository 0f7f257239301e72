// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.ServiceName;
import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.firewall.budget.BudgetPolicy.Urgency;
import dev.postern.firewall.budget.CallBudget;
import dev.postern.firewall.budget.CallPacing;
import dev.postern.firewall.budget.CloudFailure;
import dev.postern.firewall.cloud.CloudFirewall;
import dev.postern.firewall.plan.Access;
import dev.postern.firewall.plan.DesiredState;
import dev.postern.firewall.plan.FirewallContent;
import dev.postern.firewall.plan.FirewallRule;
import dev.postern.firewall.plan.ProviderLimits;
import dev.postern.firewall.plan.ShownFirewall;
import dev.postern.firewall.plan.ShownFirewall.Progress;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A provider in virtual time, firewalls or lists, with everything that goes wrong with one. What it counts are all calls of all processes, and it keeps
 * the limits itself: a call beyond them is a 429 that we brought about.
 */
final class SimulatedProvider {
    private static final int MINUTE = 60;
    private static final int HOUR = 3_600;
    private static final Access.Ports ALL = new Access.Ports(Protocol.TCP, new PortRange(1, 65_535));

    final Map<String, Held> objects = new LinkedHashMap<>();
    final Map<String, Integer> callsByOutcome = new LinkedHashMap<>();
    final Deque<Long> callSeconds = new ArrayDeque<>();
    long calls;
    long writes;
    int tooMany;
    /** Probability that a call fails. */
    double illness;
    boolean unreachable;
    /** Tags and Droplets that were deleted: a call that names one is refused. */
    final Set<String> deletedTags = new HashSet<>();
    final Set<Long> destroyedDroplets = new HashSet<>();
    /** Addresses that it takes from nobody. */
    final Set<dev.postern.events.SourceAddress> refusedSources = new HashSet<>();
    /** The most addresses in all lists. */
    int itemsMax = Integer.MAX_VALUE;
    /** Probability that one read answers "not found" for an existing object. */
    double forgetfulness;
    /** The credential is another team's: nothing of ours is shown, nothing is taken. */
    boolean otherTeam;
    /** A change that detaches a firewall from what is there is refused. */
    boolean refusesDetaching;
    /** A firewall's deletion is carried out so much later than it is answered; what it shows says otherwise at once. */
    Duration deletesAfter = Duration.ZERO;
    /** Probability that a change takes 15 seconds. */
    double slowness;
    /** Probability that another client takes a name just before we do. */
    double nameRace;
    /** Hears of everything that an installation asks to be let in, at the moment of the call. */
    final Map<String, BiConsumer<ServiceName, Set<Access>>> letIn = new LinkedHashMap<>();
    /** Writes of one installation to an object of another one. */
    final List<String> writesToOthers = new ArrayList<>();
    /** Objects that cannot be read by id, and whether listings fail: the provider answers 500. */
    final Set<String> unreadable = new HashSet<>();
    boolean listingFails;
    /** Scopes that the credential lacks: read, create, update, delete. */
    final Set<String> missingScopes = new HashSet<>();
    /** Objects that it shows no longer and that still let somebody in. */
    final Map<String, Held> undead = new LinkedHashMap<>();
    /** Hears of objects that others made. */
    Consumer<Held> foreignMade = held -> {};
    Duration answersAfter = Duration.ofMillis(20);
    Duration doneAfter = Duration.ofMillis(300);
    private final VirtualTime time;
    private final Random random;
    private final ProviderLimits limits;
    private final int perMinute;
    private final int perHour;
    private String operationOf;
    private int ids;

    SimulatedProvider(VirtualTime time, Random random, ProviderLimits limits, int perMinute, int perHour) {
        this.time = time;
        this.random = random;
        this.limits = limits;
        this.perMinute = perMinute;
        this.perHour = perHour;
    }

    /** An object. What is asked of a list comes about only when its operation ends; a firewall shows it at once, and is pending. */
    static final class Held {
        final String id;
        FirewallContent content;
        List<String> strange = List.of();
        long busyUntilMicros;
        boolean failed;
        /** The content in effect before the pending change, or after it. */
        Optional<FirewallContent> other = Optional.empty();
        final boolean foreign;
        final Instant madeAt;
        /** The name that it was made with, whatever others called it since. */
        final String madeAs;
        /** The installation that made it. */
        String maker = "";

        Held(String id, FirewallContent content, boolean foreign, Instant madeAt) {
            this.madeAt = madeAt;
            this.madeAs = content.name();
            this.id = id;
            this.content = content;
            this.foreign = foreign;
        }

        /** Returns the accesses in effect now, or soon by accepted changes: through an object that is attached to something. */
        Set<Access> reaches(boolean list, long micros) {
            Set<Access> reached = new HashSet<>();
            if (list || !content.attachment().equals(DesiredState.NOTHING)) {
                reached.addAll(content.accesses());
            }
            other.filter(until -> busyUntilMicros > micros && (list || !until.attachment().equals(DesiredState.NOTHING)))
                .ifPresent(until -> reached.addAll(until.accesses()));
            return reached;
        }

        Set<Access> accesses() {
            Set<Access> accesses = new HashSet<>();
            content.inbound().forEach(rule -> rule.sources().forEach(source -> accesses.add(new Access(rule.door().protocol(), rule.door().ports(), source))));
            return accesses;
        }
    }

    private boolean list() {
        return limits.form() == ProviderLimits.Form.LIST;
    }

    ProviderLimits limits() {
        return limits;
    }

    String add(FirewallContent content, boolean foreign) {
        String id = "id-" + ++ids;
        objects.put(id, new Held(id, content, foreign, time.now()));
        return id;
    }

    /** The most calls in any minute and any hour are kept to by refusing; so that a test can ask whether that was ever needed. */
    private boolean overLimit() {
        long second = VirtualTime.seconds(time.micros());
        while (!callSeconds.isEmpty() && callSeconds.peekFirst() <= second - HOUR) {
            callSeconds.removeFirst();
        }
        long lastMinute = 0;
        for (var from = callSeconds.descendingIterator(); from.hasNext() && from.next() > second - MINUTE;) {
            lastMinute++;
        }
        calls++;
        if (callSeconds.size() >= perHour || lastMinute >= perMinute) {
            tooMany++;
            return true;
        }
        callSeconds.addLast(second);
        return false;
    }

    /** Returns how many calls were made in the hour that ends now. */
    long callsOfTheHour() {
        long second = VirtualTime.seconds(time.micros());
        return callSeconds.stream().filter(each -> each > second - HOUR).count();
    }

    private static CloudFailure failure(CloudFailure.Kind kind, String what) {
        return new CloudFailure(kind, what, Optional.empty());
    }

    /** One call: perhaps refused, perhaps lost on the way there or back, perhaps applied in part. */
    private <T> Uni<T> call(BooleanSupplier there, boolean writes, Callable<T> work) {
        if (overLimit()) {
            return answer(there, answersAfter, () -> {
                throw new CloudFailure(CloudFailure.Kind.BUDGET, "429", Optional.of(Duration.ofSeconds(5)));
            });
        }
        if (writes) {
            this.writes++;
        }
        if (unreachable) {
            return answer(there, Duration.ofMillis(5), () -> {
                throw failure(CloudFailure.Kind.UNAVAILABLE, "no connection");
            });
        }
        if (random.nextDouble() >= illness) {
            return answer(there, answersAfter, work);
        }
        int which = random.nextInt(writes ? 7 : 4);
        callsByOutcome.merge("fault-" + which, 1, Integer::sum);
        switch (which) {
            case 0:
                return answer(there, answersAfter, () -> {
                    throw failure(CloudFailure.Kind.UNAVAILABLE, "500");
                });
            case 1:
                return answer(there, Duration.ofSeconds(10), () -> {
                    throw failure(CloudFailure.Kind.UNCLEAR, "no answer");
                });
            case 2:
                return answer(there, answersAfter, () -> {
                    throw new CloudFailure(CloudFailure.Kind.BUDGET, "429", random.nextBoolean() ? Optional.empty() : Optional.of(Duration.ofSeconds(2)));
                });
            case 3:
                return answer(there, Duration.ofMillis(random.nextInt(3_000)), work);
            case 4:
                return answer(there, answersAfter, () -> { // 502, or a garbled answer, after it was applied
                    work.call();
                    throw failure(CloudFailure.Kind.UNAVAILABLE, "502 after applying");
                });
            case 5:
                return answer(there, Duration.ofSeconds(10), () -> {
                    work.call();
                    throw failure(CloudFailure.Kind.UNCLEAR, "no answer after applying");
                });
            default: // given up by the caller, applied long after
                time.after(Duration.ofSeconds(11 + random.nextInt(10)), () -> {
                    try {
                        work.call();
                    } catch (Exception refused) {
                        callsByOutcome.merge("late-refused", 1, Integer::sum);
                    }
                });
                return answer(there, Duration.ofSeconds(10), () -> {
                    throw failure(CloudFailure.Kind.UNCLEAR, "no answer, applied later");
                });
        }
    }

    private <T> Uni<T> answer(BooleanSupplier there, Duration wait, Callable<T> work) {
        return time.later(wait, there, work);
    }

    private ShownFirewall shown(Held held) {
        boolean busy = held.busyUntilMicros > time.micros();
        Progress progress = held.failed ? Progress.FAILED : busy && !list() ? Progress.PENDING : Progress.DONE;
        List<FirewallRule> inbound = list() ? held.content.inbound().stream().map(rule -> new FirewallRule(ALL, rule.sources())).toList()
            : held.content.inbound();
        return new ShownFirewall(held.id, held.content.name(), inbound, held.strange, held.content.attachment(), progress).createdAt(held.madeAt);
    }

    private void put(Held held, FirewallContent content) {
        boolean partial = illness > 0 && random.nextDouble() < illness / 4;
        FirewallContent applied = partial && !content.inbound().isEmpty() && content.inbound().get(0).sources().size() > 1
            ? new FirewallContent(content.name(), List.of(new FirewallRule(content.inbound().get(0).door(),
                content.inbound().get(0).sources().subList(0, content.inbound().get(0).sources().size() / 2))), content.attachment())
            : content;
        boolean fails = illness > 0 && random.nextDouble() < illness / 4;
        Duration takes = illness > 0 && random.nextDouble() < illness / 4 || slowness > 0 && random.nextDouble() < slowness ? Duration.ofSeconds(15)
            : doneAfter;
        held.busyUntilMicros = time.micros() + takes.toNanos() / 1_000;
        held.other = Optional.of(list() ? applied : held.content);
        if (list()) {
            operationOf = held.id;
            time.after(takes, () -> {
                operationOf = null;
                held.failed = fails;
                if (!fails) {
                    held.content = applied;
                    held.strange = List.of();
                }
            });
        } else {
            held.content = applied;
            held.strange = List.of();
            held.failed = fails;
        }
    }

    /** Everything that still lets somebody in, shown or not. */
    List<Held> effective() {
        List<Held> all = new ArrayList<>(objects.values());
        all.addAll(undead.values());
        return all;
    }

    /** Refuses content that the provider refuses, member by member. */
    private void judge(String id, FirewallContent content) {
        if (content.attachment().tags().stream().anyMatch(deletedTags::contains)
            || content.attachment().droplets().stream().anyMatch(destroyedDroplets::contains)) {
            throw failure(CloudFailure.Kind.REFUSED, "422 a tag or Droplet does not exist");
        }
        if (!list() && refusesDetaching && objects.containsKey(id) && isAttached(objects.get(id)) && content.attachment().equals(DesiredState.NOTHING)) {
            throw failure(CloudFailure.Kind.REFUSED, "422 a firewall must be attached");
        }
        if (!list() && content.inbound().isEmpty()) {
            throw failure(CloudFailure.Kind.REFUSED, "422 no rules");
        }
        if (content.inbound().stream().anyMatch(rule -> rule.sources().stream().anyMatch(refusedSources::contains))) {
            throw failure(CloudFailure.Kind.REFUSED, "422 an address is not taken");
        }
        long items = content.accesses().size() + objects.values().stream().filter(held -> !held.id.equals(id)).mapToLong(held -> held.accesses().size()).sum();
        if (list() && items > itemsMax && content.accesses().size() > (objects.containsKey(id) ? objects.get(id).accesses().size() : 0)) {
            throw failure(CloudFailure.Kind.REFUSED, "400 the account is full");
        }
        if (objects.values().stream().anyMatch(held -> !held.id.equals(id) && held.content.name().equals(content.name()))) {
            throw failure(CloudFailure.Kind.CONFLICT, "409");
        }
    }

    /**
     * Returns whether anything is there that the object is attached to, and can be read: else a change that detaches it is the only one that could be taken, or
     * that anybody could think of.
     */
    private boolean isAttached(Held held) {
        Attachment to = held.content.attachment();
        return !unreadable.contains(held.id) && (!deletedTags.containsAll(to.tags()) || !destroyedDroplets.containsAll(to.droplets()));
    }

    /** An object is no longer attached to tags and Droplets that are gone. */
    void forgetAttachment(Held held) {
        Attachment was = held.content.attachment();
        held.content = new FirewallContent(held.content.name(), held.content.inbound(), new Attachment(
            was.tags().stream().filter(tag -> !deletedTags.contains(tag)).toList(),
            was.droplets().stream().filter(droplet -> !destroyedDroplets.contains(droplet)).toList()));
    }

    /** The account as one process calls it, for one errand. */
    CloudFirewall of(BooleanSupplier there, Supplier<CallPacing> shares, Set<String> followed, ServiceName service, Urgency urgency, String maker) {
        return new View(there, shares, followed, service, urgency, maker);
    }

    private final class View implements CloudFirewall {
        private final BooleanSupplier there;
        private final Supplier<CallPacing> shares;
        private final Set<String> followed;
        private final ServiceName service;
        private final Urgency urgency;
        private final String maker;

        View(BooleanSupplier there, Supplier<CallPacing> shares, Set<String> followed, ServiceName service, Urgency urgency, String maker) {
            this.maker = maker;
            this.there = there;
            this.shares = shares;
            this.followed = followed;
            this.service = service;
            this.urgency = urgency;
        }

        private <T> Uni<T> pass(String scope, Callable<T> work) {
            return shares.get().take(service, urgency).chain(() -> call(there, !scope.equals("read"), () -> {
                if (missingScopes.contains(scope)) {
                    throw failure(CloudFailure.Kind.FORBIDDEN, "403");
                }
                return work.call();
            }));
        }

        private void mine(Held held, String what) {
            if (held != null && !held.maker.equals(maker)) {
                writesToOthers.add(time.now() + ": installation " + maker + " " + what + " " + held.content.name() + " of " + held.maker);
            }
        }

        @Override
        public ProviderLimits limits() {
            return limits;
        }

        @Override
        public Uni<List<ShownFirewall>> read(Collection<String> ids) {
            Uni<List<ShownFirewall>> all = Uni.createFrom().item(new ArrayList<>());
            for (String id : ids) {
                all = all.chain(before -> pass("read", () -> {
                    Held held = objects.get(id);
                    if (unreadable.contains(id)) {
                        throw failure(CloudFailure.Kind.UNAVAILABLE, "500 of one object");
                    }
                    if (held != null && !otherTeam && random.nextDouble() >= forgetfulness) {
                        before.add(followed(held));
                    }
                    return before;
                }));
            }
            return all;
        }

        @Override
        public Uni<List<ShownFirewall>> readAll(Collection<String> ids, Collection<String> names) {
            return pass("read", () -> new ArrayList<>(listed().stream().filter(held -> !otherTeam && random.nextDouble() >= forgetfulness / 4)
                .map(this::followed).toList()));
        }

        @Override
        public Uni<String> create(FirewallContent content) {
            letIn.get(maker).accept(service, content.accesses());
            return pass("create", () -> {
                team();
                if (!list() && random.nextDouble() < nameRace) {
                    String theirs = add(new FirewallContent(content.name(), content.inbound(), new Attachment(List.of("theirs"), List.of())), true);
                    foreignMade.accept(objects.get(theirs));
                }
                judge("", content);
                busy();
                String id = add(content, false);
                objects.get(id).maker = maker;
                objects.get(id).busyUntilMicros = time.micros() + (list() ? 0 : doneAfter.toNanos() / 1_000);
                return id;
            }).invoke(followed::add);
        }

        @Override
        public Uni<Attachment> missing(Attachment attachment) {
            return pass("read", () -> new Attachment(attachment.tags().stream().filter(deletedTags::contains).toList(),
                attachment.droplets().stream().filter(destroyedDroplets::contains).toList()));
        }

        /** Returns an object as a read or a listing shows it: a list whose operation this process follows is pending until the end of the operation. */
        private ShownFirewall followed(Held held) {
            ShownFirewall shown = shown(held);
            boolean pending = list() && held.id.equals(operationOf) && followed.contains(held.id);
            return pending ? new ShownFirewall(held.id, shown.name(), shown.inbound(), shown.strange(), shown.attachment(), Progress.PENDING) : shown;
        }

        private Collection<Held> listed() {
            if (listingFails) {
                throw failure(CloudFailure.Kind.UNAVAILABLE, "500 of the listing");
            }
            return objects.values();
        }

        private void team() {
            if (otherTeam) {
                throw failure(CloudFailure.Kind.CREDENTIAL, "403");
            }
        }

        private void busy() {
            if (list() && operationOf != null) {
                throw failure(CloudFailure.Kind.BUSY, "429 an operation is pending");
            }
        }

        @Override
        public Uni<Void> replace(String id, FirewallContent content) {
            followed.remove(id);
            if (objects.containsKey(id)) {
                Set<Access> more = content.accesses();
                more.removeAll(objects.get(id).accesses());
                letIn.get(maker).accept(service, list() || !content.attachment().equals(DesiredState.NOTHING) ? more : Set.of());
            }
            return pass("update", () -> {
                team();
                Held held = objects.get(id);
                mine(held, "changed");
                if (held == null) {
                    throw failure(CloudFailure.Kind.GONE, "404");
                }
                judge(id, content);
                busy();
                put(held, content);
                return (Void) null;
            }).invoke(() -> followed.add(id));
        }

        @Override
        public Uni<Void> delete(String id) {
            return pass("delete", () -> {
                team();
                busy();
                mine(objects.get(id), "deleted");
                Held gone = objects.remove(id);
                if (gone != null && !list() && !deletesAfter.isZero()) { // a list is gone when that is answered
                    undead.put(id, gone);
                    time.after(deletesAfter, () -> undead.remove(id));
                }
                return null;
            });
        }

        @Override
        public boolean follows(String id) {
            return !list() || followed.contains(id);
        }

        @Override
        public CallBudget budget() {
            return CallBudget.UNKNOWN;
        }
    }

    /** Simulates drift in an object of ours. @return a description */
    String drift(Held held) {
        switch (random.nextInt(5)) {
            case 0:
                Access.Ports door = held.content.inbound().isEmpty() ? new Access.Ports(Protocol.TCP, PortRange.of("5432"))
                    : held.content.inbound().get(0).door();
                List<FirewallRule> more = new ArrayList<>(held.content.inbound());
                more.add(new FirewallRule(door, List.of(new dev.postern.events.SourceAddress("198.51.100." + (1 + random.nextInt(250))))));
                held.content = new FirewallContent(held.content.name(), list() ? joined(door, more) : more, held.content.attachment());
                return "added";
            case 1:
                held.content = new FirewallContent(held.content.name(), List.of(), held.content.attachment());
                return "emptied";
            case 2:
                if (!list()) {
                    held.content = new FirewallContent(held.content.name(), held.content.inbound(), new Attachment(List.of("other"), List.of()));
                }
                return "detached";
            case 3:
                held.strange = List.of("an outbound rule");
                return "strange";
            default:
                objects.remove(held.id);
                return "deleted";
        }
    }

    private static List<FirewallRule> joined(Access.Ports door, List<FirewallRule> rules) {
        Set<dev.postern.events.SourceAddress> all = new HashSet<>();
        rules.forEach(rule -> all.addAll(rule.sources()));
        return List.of(new FirewallRule(door, all.stream().sorted().toList()));
    }
}
