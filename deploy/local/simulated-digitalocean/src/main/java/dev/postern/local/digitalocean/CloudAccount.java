// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.Mishap;
import dev.postern.local.simulated.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** Everything that one account holds, in memory. Not thread-safe: {@link SimulatedDigitalOcean} holds the lock. */
final class CloudAccount {
    private static final int DELETED_KEPT_MAX = 200;
    private static final int ACTIONS_KEPT_MAX = 10_000;

    private final String name;
    private final UUID uuid;
    final Map<String, Firewall> firewalls = new LinkedHashMap<>();
    final Map<Long, Droplet> droplets = new TreeMap<>();
    final Set<String> tags = new LinkedHashSet<>();
    final Map<String, Domain> domains = new LinkedHashMap<>();
    final Map<String, Project> projects = new LinkedHashMap<>();
    final Map<String, Registry> registries = new LinkedHashMap<>();
    /** The rest as the API shows it: by id. */
    final Map<Long, ObjectNode> keys = new TreeMap<>();
    final Map<Long, ObjectNode> images = new TreeMap<>();
    final Map<String, ObjectNode> vpcs = new LinkedHashMap<>();
    final Map<String, ObjectNode> volumes = new LinkedHashMap<>();
    final Map<String, ObjectNode> volumeSnapshots = new LinkedHashMap<>();
    final Map<String, ObjectNode> loadBalancers = new LinkedHashMap<>();
    final Map<String, ObjectNode> certificates = new LinkedHashMap<>();
    final Map<String, ReservedIpCalls.ReservedIp> reservedIps = new LinkedHashMap<>();
    final TreeMap<Long, Action> actions = new TreeMap<>();
    /** A snapshot's id → the id of the Droplet that it was made of. */
    final Map<String, String> snapshotSources = new LinkedHashMap<>();
    private final Deque<Firewall> deletedFirewalls = new ArrayDeque<>();
    private long nextId = 400_000_000L;

    CloudAccount(String name) {
        this.name = name;
        this.uuid = UUID.nameUUIDFromBytes(("account " + name).getBytes(StandardCharsets.UTF_8));
    }

    String name() {
        return name;
    }

    UUID uuid() {
        return uuid;
    }

    long newId() {
        return nextId++;
    }

    /** An action that begins now and ends after the settings' delay. */
    Action begin(DigitalOceanCall call, String type, String resourceType, String resource, Long resourceId, String region) {
        Action action = new Action(newId(), type, resourceType, resource, resourceId, region, call.nowMicros(), call.nowMicros() + call.delayMicros());
        actions.put(action.id(), action);
        if (actions.size() > ACTIONS_KEPT_MAX) {
            actions.pollFirstEntry();
        }
        return action;
    }

    /** Null where there is none yet. */
    String defaultVpc() {
        return vpcs.values().stream().filter(vpc -> vpc.get("default").booleanValue()).map(vpc -> vpc.get("id").textValue()).findFirst().orElse(null);
    }

    /** Images that were made of the Droplet with this id. */
    List<ObjectNode> snapshotsOf(String droplet) {
        return images.values().stream().filter(image -> droplet.equals(snapshotSources.get(image.get("id").asText()))).toList();
    }

    void forgetImage(long id) {
        images.remove(id);
        snapshotSources.remove(String.valueOf(id));
    }

    /** Volumes that are attached to the Droplet. */
    List<ObjectNode> volumesOf(long droplet) {
        return volumes.values().stream().filter(volume -> volume.get("droplet_ids").path(0).asLong() == droplet).toList();
    }

    ObjectNode volume(String id, Refusal otherwise) {
        ObjectNode volume = volumes.get(id);
        if (volume == null) {
            throw otherwise;
        }
        return volume;
    }

    Firewall firewall(String id) {
        Firewall firewall = firewalls.get(id);
        if (firewall == null) {
            throw Refusal.notFound();
        }
        return firewall;
    }

    /** Null if there is none. */
    Firewall firewallNamed(String called) {
        return firewalls.values().stream().filter(firewall -> firewall.shown().name().equals(called)).findFirst().orElse(null);
    }

    /** The Droplets that a firewall with this content protects. */
    Set<Long> protectedBy(FirewallContent content) {
        Set<Long> all = new LinkedHashSet<>();
        content.dropletIds().stream().filter(droplets::containsKey).forEach(all::add);
        if (!content.tags().isEmpty()) {
            droplets.values().stream().filter(droplet -> content.tags().stream().anyMatch(droplet.tags()::contains)).map(Droplet::id).forEach(all::add);
        }
        return all;
    }

    Firewall addFirewall(FirewallContent content, String id, long nowMicros, long delayMicros, Mishap mishap) {
        FirewallContent made = mishap.partial() ? HalfChange.between(content.gone(), content) : content;
        Firewall firewall = new Firewall(id, nowMicros, made, List.copyOf(protectedBy(made)), nowMicros + delayMicros, mishap);
        firewalls.put(id, firewall);
        return firewall;
    }

    /** Gives a firewall its next content; in effect after the delay. */
    void changeFirewall(Firewall firewall, FirewallContent next, long nowMicros, long delayMicros, Mishap mishap) {
        firewall.settle(nowMicros);
        FirewallContent made = mishap.partial() ? HalfChange.between(firewall.shown(), next) : next;
        Set<Long> now = protectedBy(made);
        List<Long> leaving = new ArrayList<>(protectedBy(firewall.shown()));
        leaving.removeAll(now);
        firewall.change(made, List.copyOf(now), leaving, nowMicros + delayMicros, mishap);
    }

    /** The API forgets it at once; its effect ends after the delay, or when what holds it ends. A deletion is never partial and never fails. */
    void deleteFirewall(Firewall firewall, long nowMicros, long delayMicros, Mishap mishap) {
        changeFirewall(firewall, firewall.shown().gone(), nowMicros, delayMicros, new Mishap(false, null, mishap.heldBy(), mishap.heldUntilMicros()));
        firewalls.remove(firewall.id());
        deletedFirewalls.addLast(firewall);
        if (deletedFirewalls.size() > DELETED_KEPT_MAX) {
            deletedFirewalls.removeFirst();
        }
    }

    /** Applies the changes that only these faults held or made fail. */
    void released(Set<String> faultIds, long nowMicros) {
        firewalls.values().forEach(firewall -> firewall.released(faultIds, nowMicros));
        deletedFirewalls.forEach(firewall -> firewall.released(faultIds, nowMicros));
    }

    /** Those that the API shows, and those deleted lately, which may still be in effect. */
    List<Firewall> firewallsInEffect(long nowMicros) {
        List<Firewall> all = new ArrayList<>(firewalls.values());
        all.addAll(deletedFirewalls);
        all.forEach(firewall -> firewall.settle(nowMicros));
        return all;
    }

    void tagDroplet(Droplet droplet, String tag, long nowMicros, long delayMicros) {
        tags.add(tag);
        if (!droplet.tags().contains(tag)) {
            droplet.tag(tag, nowMicros + delayMicros);
            pendingForTag(tag, List.of(droplet.id()), List.of(), nowMicros + delayMicros);
        }
    }

    void untagDroplet(Droplet droplet, String tag, long nowMicros, long delayMicros) {
        if (droplet.untag(tag)) {
            pendingForTag(tag, List.of(), List.of(droplet.id()), nowMicros + delayMicros);
        }
    }

    /** A destroyed Droplet leaves the firewalls that name it, and the projects. */
    void destroyDroplet(Droplet droplet, long nowMicros, long delayMicros) {
        droplets.remove(droplet.id());
        for (Firewall firewall : firewalls.values()) {
            List<Long> rest = new ArrayList<>(firewall.shown().dropletIds());
            if (rest.remove(droplet.id())) {
                changeFirewall(firewall, firewall.shown().withDropletIds(rest), nowMicros, delayMicros, Mishap.NONE);
            }
        }
        projects.values().forEach(project -> project.resources().remove(droplet.urn()));
        volumesOf(droplet.id()).forEach(volume -> ((ArrayNode) volume.get("droplet_ids")).removeAll());
    }

    /** A deleted tag leaves its Droplets and the firewalls that are attached by it. */
    void deleteTag(String tag, long nowMicros, long delayMicros) {
        tags.remove(tag);
        for (Firewall firewall : firewalls.values()) {
            List<String> rest = new ArrayList<>(firewall.shown().tags());
            if (rest.remove(tag)) {
                changeFirewall(firewall, firewall.shown().withTags(rest), nowMicros, delayMicros, Mishap.NONE);
            }
        }
        droplets.values().forEach(droplet -> droplet.untag(tag));
        for (Map<?, ObjectNode> others : List.of(images, volumes, volumeSnapshots)) {
            others.values().forEach(other -> TagCalls.tag((ArrayNode) other.get("tags"), tag, false));
        }
    }

    private void pendingForTag(String tag, List<Long> joining, List<Long> leaving, long effectiveAtMicros) {
        for (Firewall firewall : firewalls.values()) {
            if (firewall.shown().tags().contains(tag)) {
                firewall.change(firewall.shown(), joining, leaving, effectiveAtMicros, Mishap.NONE);
            }
        }
    }
}
