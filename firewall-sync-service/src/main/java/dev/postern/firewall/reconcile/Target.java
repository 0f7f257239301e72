package dev.postern.firewall.reconcile;

import dev.postern.events.AccountName;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.ServiceName;
import dev.postern.firewall.Access;
import dev.postern.firewall.AttachedGroup;
import dev.postern.firewall.FirewallPlan;
import dev.postern.firewall.Opening;
import dev.postern.firewall.PlanFirewall;
import dev.postern.firewall.ProviderLimits.Form;
import dev.postern.firewall.ServiceContent;
import dev.postern.firewall.ShownFirewall;
import dev.postern.firewall.Wanted;
import dev.postern.firewall.cloud.CloudFirewall;
import dev.postern.firewall.postgres.Notes.KnownObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** One account in which a service has, or is to have, objects, for the time of one activation. */
final class Target {
    private static final Access.Ports ALL = new Access.Ports(Protocol.TCP, new PortRange(1, 65_535));

    private static final Duration MADE_LATE_MAX = Duration.ofMinutes(3);

    private final AccountName account;
    private final CloudFirewall cloud;
    private final ServiceName service;
    private final Optional<ServiceContent> content;
    private final Wanted wanted;
    private final KeptLayouts layouts;
    private final Map<String, KnownObject> known = new LinkedHashMap<>(); // by name
    private Wanted letIn;
    private int held;
    private Look look;
    private Look planned;
    private FirewallPlan plan;

    /** @param content what the service is, if this is its account */
    Target(AccountName account, CloudFirewall cloud, ServiceName service, Optional<ServiceContent> content, Wanted wanted, List<KnownObject> objects,
           KeptLayouts layouts) {
        this.account = account;
        this.cloud = cloud;
        this.service = service;
        this.content = content;
        this.wanted = wanted;
        this.letIn = wanted;
        this.layouts = layouts;
        objects.stream().filter(object -> object.account().equals(account)).forEach(object -> known.put(object.name(), object));
    }

    AccountName account() {
        return account;
    }

    CloudFirewall cloud() {
        return cloud;
    }

    /** Whether the service belongs here. */
    boolean here() {
        return content.isPresent();
    }

    Set<Access> wanted() {
        return wanted.accesses();
    }

    Collection<KnownObject> known() {
        return known.values();
    }

    /** Whether the provider works on after its answer, so that what is asked may come about much later. */
    boolean later() {
        return cloud.limits().form() == Form.LIST;
    }

    /** Whether an object may be there of which the id is not known. */
    boolean unsure() {
        return known.values().stream().anyMatch(object -> object.id().isEmpty());
    }

    List<String> ids() {
        return known.values().stream().flatMap(object -> object.id().stream()).toList();
    }

    Set<String> names() {
        return known.keySet();
    }

    boolean awaits(String name) {
        KnownObject object = known.get(name);
        return object != null && object.id().isEmpty();
    }

    boolean leaving(String name) {
        KnownObject object = known.get(name);
        return object != null && object.leaving();
    }

    /** @param now of one that is asked to be made */
    void know(String name, Optional<String> id, Instant now) {
        KnownObject before = known.get(name);
        known.put(name, new KnownObject(account, name, id, false, later(), id.isPresent() && before != null ? before.madeAt() : now));
    }

    /** Something is asked of the object that comes about later. */
    void asked(String name) {
        known.computeIfPresent(name, (key, before) -> new KnownObject(account, name, before.id(), before.leaving(), true, before.madeAt()));
    }

    /**
     * The object under the name that we gave it, behind the service's ports, with rules that were seen before as the same objects; failed, if something was
     * asked of it of which nobody knows how it ends.
     */
    ShownFirewall named(ShownFirewall shown) {
        Optional<KnownObject> mine = known.values().stream().filter(object -> object.id().equals(Optional.of(shown.id()))).findFirst();
        ShownFirewall seen = layouts.seen(later() ? shown.behind(door()) : shown);
        ShownFirewall named = mine.map(object -> seen.named(object.name())).orElse(seen);
        return later() && mine.filter(KnownObject::asked).isPresent() && !cloud.follows(shown.id()) ? named.failed() : named;
    }

    private Access.Ports door() {
        return content.map(told -> new Access.Ports(told.ports().get(0).protocol(), told.ports().get(0).ports())).orElse(ALL);
    }

    /** Openings as a provider shows them that tells no ports apart: each explains its source, whatever its ports are, or were before the service changed. */
    List<Opening> explaining(List<Opening> openings) {
        return later() ? openings.stream().map(opening -> opening.behind(door())).toList() : openings;
    }

    /** What is shown, through the doors of these openings: where no ports are told apart, a source that is shown reaches all of them. */
    List<ShownFirewall> through(Look seen, List<Opening> openings) {
        return !later() ? List.of() : openings.stream().map(opening -> opening.granted().access().door()).distinct()
            .flatMap(other -> seen.own().stream().map(shown -> shown.behind(other))).toList();
    }

    Look saw(Look fresh) {
        look = fresh;
        return fresh;
    }

    /** What was seen last, if nothing was asked since. */
    Optional<Look> look() {
        return Optional.ofNullable(look);
    }

    /** From now on what was seen says nothing of what is. */
    void asks() {
        look = null;
    }

    List<AttachedGroup> groups(Look seen) {
        return AttachedGroup.of(content.map(ServiceContent::attachment), seen.own(), cloud.limits());
    }

    void hold(Set<Access> accesses) {
        held = accesses.size();
        letIn = wanted.readAgain(Stream.concat(wanted.accesses().stream(), accesses.stream()));
        planned = null;
    }

    int held() {
        return held;
    }

    FirewallPlan plan(Look seen) {
        if (planned != seen) {
            plan = layouts.plan(account, service, cloud.limits(),
                layout -> PlanFirewall.plan(layout, content.map(ServiceContent::attachment), letIn, seen.own(), seen.namesTaken()));
            planned = seen;
        }
        return plan;
    }

    /** Names of objects that are gone for good. */
    List<String> gone(Look seen) {
        return known.values().stream().filter(object -> isGone(object, seen) && !mayCome(object, seen)).map(KnownObject::name).toList();
    }

    /**
     * Names of objects that are gone, of which another may still come to be: a call that was given up can be carried out long after. Its name is looked
     * for until then, or what came of it would stay as nobody's.
     */
    List<String> lost(Look seen) {
        return known.values().stream().filter(object -> object.id().isPresent() && isGone(object, seen) && mayCome(object, seen))
            .map(KnownObject::name).toList();
    }

    private static boolean isGone(KnownObject object, Look seen) {
        return object.id().map(id -> seen.own().stream().noneMatch(shown -> shown.id().equals(id)))
            .orElse(seen.listed() && seen.own().stream().noneMatch(shown -> shown.name().equals(object.name())));
    }

    private static boolean mayCome(KnownObject object, Look seen) {
        return object.madeAt().plus(MADE_LATE_MAX).isAfter(seen.at());
    }

    /** Names of objects of which something was asked that has come to its end. */
    List<String> answered(Look seen) {
        Set<String> done = new HashSet<>();
        seen.own().stream().filter(shown -> shown.progress() == ShownFirewall.Progress.DONE).forEach(shown -> done.add(shown.name()));
        return later() ? known.values().stream().filter(object -> object.asked() && done.contains(object.name())).map(KnownObject::name).toList() : List.of();
    }
}
