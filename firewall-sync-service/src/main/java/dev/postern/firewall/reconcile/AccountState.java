// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.AccountName;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.ServiceName;
import dev.postern.firewall.Opening;
import dev.postern.firewall.cloud.CloudFirewall;
import dev.postern.firewall.plan.Access;
import dev.postern.firewall.plan.AttachedGroup;
import dev.postern.firewall.plan.DesiredState;
import dev.postern.firewall.plan.FirewallPlan;
import dev.postern.firewall.plan.ObjectNames;
import dev.postern.firewall.plan.ObservedState;
import dev.postern.firewall.plan.PlanFirewall;
import dev.postern.firewall.plan.ProviderLimits.Form;
import dev.postern.firewall.plan.ServiceContent;
import dev.postern.firewall.plan.ShownFirewall;
import dev.postern.firewall.postgres.ReconcileStore.GoneObject;
import dev.postern.firewall.postgres.ReconcileStore.ManagedObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One account in which a service has, or is to have, objects, for the time of one run. */
final class AccountState {
    private static final Access.Ports ALL = new Access.Ports(Protocol.TCP, new PortRange(1, 65_535));

    private static final Duration MADE_LATE_MAX = Duration.ofMinutes(3);
    /** Maximum assumed lag of a provider's clock. */
    private static final Duration CLOCKS_APART_MAX = Duration.ofSeconds(60);

    private final AccountName account;
    private final CloudFirewall cloud;
    private final ServiceName service;
    private final Optional<ServiceContent> content;
    private final Set<Access> wanted;
    private final ObjectNames names;
    private final Workarounds learned;
    private final Map<String, ManagedObject> known = new LinkedHashMap<>(); // by name
    private final Set<String> namesTaken = new HashSet<>();
    private Set<Access> held = Set.of();
    private boolean lastWall;
    private boolean askedForGone;
    private boolean unclear; // an object that could not be read was changed since its last read
    private Observation look;
    private Observation planned;
    private FirewallPlan plan;

    /** @param content what the service is, if this is its account */
    AccountState(AccountName account, CloudFirewall cloud, ServiceName service, Optional<ServiceContent> content, Set<Access> wanted,
                 List<ManagedObject> objects,
                 ObjectNames names, Workarounds learned) {
        this.account = account;
        this.cloud = cloud;
        this.service = service;
        this.content = content;
        this.wanted = wanted;
        this.names = names;
        this.learned = learned;
        objects.stream().filter(object -> object.account().equals(account)).forEach(object -> known.put(object.name(), object));
    }

    AccountName account() {
        return account;
    }

    CloudFirewall cloud() {
        return cloud;
    }

    /** Returns the service's content, if it belongs to this account. */
    Optional<ServiceContent> content() {
        return content;
    }

    /** Returns true if the service belongs to this account. */
    boolean here() {
        return content.isPresent();
    }

    Set<Access> wanted() {
        return wanted;
    }

    Collection<ManagedObject> known() {
        return known.values();
    }

    Workarounds learned() {
        return learned;
    }

    /** Returns true if the provider is asynchronous: a change may take effect long after its answer. */
    boolean later() {
        return cloud.limits().form() == Form.LIST;
    }

    /** Returns true if an object may exist whose id is unknown. */
    boolean unsure() {
        return known.values().stream().anyMatch(object -> object.id().isEmpty());
    }

    List<String> ids() {
        return known.values().stream().flatMap(object -> object.id().stream()).toList();
    }

    Set<String> names() {
        return known.keySet();
    }

    Optional<ManagedObject> byId(String id) {
        return known.values().stream().filter(object -> object.id().equals(Optional.of(id))).findFirst();
    }

    Optional<ManagedObject> byName(String name) {
        return Optional.ofNullable(known.get(name));
    }

    /**
     * Returns true if the object was created by our call whose answer was lost: its name was recorded, it has exactly the requested content, and it
     * is newer than the record. Any other object of that name is foreign.
     */
    boolean adopts(ShownFirewall shown) {
        ManagedObject noted = known.get(shown.name());
        if (noted == null || noted.id().isPresent()) {
            return false;
        }
        boolean late = shown.createdAt().map(made -> !made.isBefore(noted.firstMadeAt().minus(CLOCKS_APART_MAX))).orElse(true);
        return late && noted.digests().contains(later() ? shown.behind(door()).digest() : shown.digest());
    }

    void know(ManagedObject object) {
        known.put(object.name(), object);
        planned = null;
    }

    void forget(String name) {
        known.remove(name);
        planned = null;
    }

    void nameTaken(String name) {
        namesTaken.add(name);
        planned = null;
    }

    /** We deleted it, and the provider said so: that it is not shown is no news. */
    void deleted(String id) {
        learned.deleted(id);
    }

    /** Ids that should be shown and are not, though this process did not delete them. */
    List<String> unexplained(Observation seen) {
        Set<String> shown = new HashSet<>();
        seen.own().forEach(each -> shown.add(each.id()));
        return ids().stream().filter(id -> !shown.contains(id) && !learned.wasDeleted(id)).toList();
    }

    /**
     * The object under the name that we gave it, behind the service's ports; failed, if something was asked of it of which nobody knows how it ends.
     */
    ShownFirewall named(ShownFirewall shown, Instant now) {
        Optional<ManagedObject> mine = byId(shown.id());
        ShownFirewall seen = later() ? shown.behind(door()) : shown;
        ShownFirewall named = mine.map(object -> seen.named(object.name())).orElse(seen);
        named = learned.keepsName(shown.id(), now) ? named.keepingItsName() : named;
        return later() && mine.filter(ManagedObject::asked).isPresent() && !cloud.follows(shown.id()) ? named.failed() : named;
    }

    private Access.Ports door() {
        return content.map(told -> new Access.Ports(told.ports().get(0).protocol(), told.ports().get(0).ports())).orElse(ALL);
    }

    /** Openings as a provider shows them that tells no ports apart: each explains its source, whatever its ports are, or were before the service changed. */
    List<Opening> explaining(List<Opening> openings) {
        return later() ? openings.stream().map(opening -> opening.behind(door())).toList() : openings;
    }

    /** Returns the observed state as seen by these openings: where the provider does not tell ports apart, a shown source reaches all of them. */
    List<ShownFirewall> through(Observation seen, List<Opening> openings) {
        return !later() ? List.of() : openings.stream().map(opening -> opening.granted().access().door()).distinct()
            .flatMap(other -> seen.own().stream().map(shown -> shown.behind(other))).toList();
    }

    Observation saw(Observation fresh) {
        look = fresh;
        unclear = fresh.own().stream().anyMatch(shown -> shown.progress() == ShownFirewall.Progress.FAILED && learned.changedSinceRead(shown.id()));
        if (!later() && fresh.own().stream().noneMatch(shown -> shown.progress() == ShownFirewall.Progress.FAILED)) {
            learned.read(fresh.own(), fresh.at());
        }
        return fresh;
    }

    /** Objects that were gone were asked for. @param answered whether that says of all of them whether they are there */
    void askedForGone(boolean answered) {
        askedForGone = answered;
    }

    /** Returns true if a vanished, unreadable or just deleted object may allow more than is shown, so that no access can be reported closed. */
    boolean mayHaveMore(Collection<GoneObject> gone, Instant now) {
        return unclear || learned.deletionPends(now) || !askedForGone && gone.stream().anyMatch(object -> object.account().equals(account));
    }

    /** Returns the last read, if no change was requested since. */
    Optional<Observation> look() {
        return Optional.ofNullable(look);
    }

    /** From now on what was seen says nothing of what is. */
    void asks() {
        look = null;
    }

    List<AttachedGroup> groups(Observation seen) {
        return AttachedGroup.of(content.map(ServiceContent::attachment), learned.missing(), seen.own(), cloud.limits());
    }

    /** Returns the attached parts of the attachment, with those of their objects that allow an access. */
    List<AttachedGroup> reaching(Observation seen) {
        return groups(seen).stream().filter(group -> group.reaches(cloud.limits()))
            .map(group -> new AttachedGroup(group.attachment(), letIn(group.own()))).toList();
    }

    /** Returns objects that allow an access and belong to no part of the attachment. */
    List<ShownFirewall> others(Observation seen) {
        return groups(seen).stream().filter(group -> !here() || !group.reaches(cloud.limits())).flatMap(group -> letIn(group.own()).stream()).toList();
    }

    private List<ShownFirewall> letIn(List<ShownFirewall> own) {
        return own.stream().filter(shown -> shown.reaches(cloud.limits())).toList();
    }

    void hold(Set<Access> accesses) {
        held = accesses;
        planned = null;
    }

    int held() {
        return held.size();
    }

    /** The desired state changed by what was learned. */
    void planAgain() {
        planned = null;
    }

    FirewallPlan plan(Observation seen) {
        if (planned != seen) {
            Set<String> taken = new HashSet<>(seen.namesTaken());
            taken.addAll(namesTaken);
            known.values().stream().filter(object -> object.id().isPresent()).forEach(object -> taken.add(object.name()));
            DesiredState desired = new DesiredState(service, names, content.map(ServiceContent::attachment), placed(seen), held, learned.newcomers(seen.at()));
            plan = PlanFirewall.plan(desired, new ObservedState(seen.own(), taken, learned.missing()), cloud.limits());
            planned = seen;
        }
        return plan;
    }

    /** Returns the accesses to place; none, in an explicit rule, where our object is a Droplet's last firewall and would be deleted. */
    private Set<Access> placed(Observation seen) {
        boolean keeps = lastWall && wanted.isEmpty() && here() && !later() && seen.own().stream().anyMatch(shown -> shown.reaches(cloud.limits()));
        return keeps ? Set.of(Access.NOBODY) : wanted;
    }

    /** Returns a state that keeps the last object, where no other firewall protects a Droplet and the operator did not accept that. */
    AccountState keepingTheLastWall(boolean keeps) {
        lastWall = keeps;
        return this;
    }

    /** Objects that are gone for good. */
    List<ManagedObject> gone(Observation seen) {
        return known.values().stream().filter(object -> isGone(object, seen) && !mayCome(object, seen)).toList();
    }

    /**
     * Objects that are gone, of whose name another may still come to be: a call that was given up can be carried out long after. Its name is looked
     * for until then, or what came of it would stay as nobody's.
     */
    List<ManagedObject> lost(Observation seen) {
        return known.values().stream().filter(object -> object.id().isPresent() && isGone(object, seen) && mayCome(object, seen)).toList();
    }

    private static boolean isGone(ManagedObject object, Observation seen) {
        return object.id().map(id -> seen.own().stream().noneMatch(shown -> shown.id().equals(id)))
            .orElse(seen.listed() && seen.own().stream().noneMatch(shown -> shown.name().equals(object.name())));
    }

    private static boolean mayCome(ManagedObject object, Observation seen) {
        return !object.digests().isEmpty() && object.madeAt().plus(MADE_LATE_MAX).isAfter(seen.at());
    }

    /** Names of objects of which something was asked that has come to its end. */
    List<String> answered(Observation seen) {
        Set<String> done = new HashSet<>();
        seen.own().stream().filter(shown -> shown.progress() == ShownFirewall.Progress.DONE).forEach(shown -> done.add(shown.id()));
        return later() ? known.values().stream().filter(object -> object.asked() && object.id().map(done::contains).orElse(false))
            .map(ManagedObject::name).toList() : List.of();
    }
}
