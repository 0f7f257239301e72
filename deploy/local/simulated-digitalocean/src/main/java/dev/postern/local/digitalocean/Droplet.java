// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** One virtual machine; its addresses follow from its id, so that they are the same at every start. */
final class Droplet {
    private final long id;
    private final long createdMicros;
    private final long activeMicros;
    private final String region;
    private final String vpc;
    private final Set<String> features = new LinkedHashSet<>();
    private final Map<String, Long> tagsSince = new LinkedHashMap<>();
    private String name;
    private String size;
    private ObjectNode image;
    private boolean off;

    /** @param activeMicros when it has been created and runs */
    Droplet(long id, String name, Plan plan, long createdMicros, long activeMicros) {
        this.id = id;
        this.name = name;
        this.region = plan.region();
        this.size = plan.size();
        this.image = plan.image();
        this.vpc = plan.vpc();
        this.createdMicros = createdMicros;
        this.activeMicros = activeMicros;
        features.add("private_networking");
        features.addAll(plan.features());
    }

    /**
     * Properties that a client chooses when it creates a Droplet.
     *
     * @param image as the API shows it
     * @param vpc the id of the VPC network of its private address
     * @param features backups, ipv6, monitoring: those that it has beyond a private network
     */
    record Plan(String region, String size, ObjectNode image, String vpc, Set<String> features) {
        static Plan ofSamples(CloudAccount account) {
            return new Plan(Catalogue.REGION_DEFAULT, "s-1vcpu-1gb", Catalogue.images().iterator().next(), account.defaultVpc(), Set.of());
        }
    }

    long id() {
        return id;
    }

    String name() {
        return name;
    }

    String region() {
        return region;
    }

    String vpc() {
        return vpc;
    }

    Set<String> features() {
        return features;
    }

    void rename(String next) {
        name = next;
    }

    void resize(String next) {
        size = next;
    }

    void rebuild(ObjectNode next) {
        image = next;
    }

    void power(boolean on) {
        off = !on;
    }

    Set<String> tags() {
        return tagsSince.keySet();
    }

    /** @param sinceMicros when its firewalls begin to follow the tag */
    void tag(String tag, long sinceMicros) {
        tagsSince.putIfAbsent(tag, sinceMicros);
    }

    boolean untag(String tag) {
        return tagsSince.remove(tag) != null;
    }

    long taggedSince(String tag) {
        return tagsSince.getOrDefault(tag, 0L);
    }

    String publicIpv4() {
        return "198.18." + (id >> 8 & 0xff) + "." + (id & 0xff); // 198.18.0.0/15 is set aside for tests (RFC 2544)
    }

    String privateIpv4() {
        return "10.110." + (id >> 8 & 0xff) + "." + (id & 0xff);
    }

    String urn() {
        return "do:droplet:" + id;
    }

    ObjectNode json(CloudAccount account, long nowMicros) {
        ObjectNode kind = Catalogue.size(size);
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", id).put("name", name).put("memory", kind.get("memory").intValue()).put("vcpus", kind.get("vcpus").intValue());
        node.put("disk", kind.get("disk").intValue()).put("locked", nowMicros < activeMicros);
        node.put("status", nowMicros < activeMicros ? "new" : off ? "off" : "active").putNull("kernel").put("created_at", Times.iso(createdMicros));
        features.forEach(node.putArray("features")::add);
        node.putArray("backup_ids");
        node.putNull("next_backup_window");
        ArrayNode snapshots = node.putArray("snapshot_ids");
        account.snapshotsOf(String.valueOf(id)).forEach(snapshot -> snapshots.add(snapshot.get("id").longValue()));
        node.set("image", image);
        ArrayNode volumes = node.putArray("volume_ids");
        account.volumesOf(id).forEach(volume -> volumes.add(volume.get("id").textValue()));
        node.set("size", kind);
        node.put("size_slug", size);
        node.set("networks", networks());
        node.set("region", Catalogue.region(region));
        tagsSince.keySet().forEach(node.putArray("tags")::add);
        return node.put("vpc_uuid", vpc);
    }

    private ObjectNode networks() {
        ObjectNode networks = JsonNodeFactory.instance.objectNode();
        ArrayNode v4 = networks.putArray("v4");
        v4.addObject().put("ip_address", privateIpv4()).put("netmask", "255.255.0.0").put("gateway", "10.110.0.1").put("type", "private");
        v4.addObject().put("ip_address", publicIpv4()).put("netmask", "255.255.0.0").put("gateway", "198.18.0.1").put("type", "public");
        ArrayNode v6 = networks.putArray("v6");
        if (features.contains("ipv6")) { // 2001:db8::/32 is set aside for documentation (RFC 3849)
            v6.addObject().put("ip_address", "2001:db8::" + Long.toHexString(id & 0xffff)).put("netmask", 64).put("gateway", "2001:db8::1")
                .put("type", "public");
        }
        return networks;
    }
}
