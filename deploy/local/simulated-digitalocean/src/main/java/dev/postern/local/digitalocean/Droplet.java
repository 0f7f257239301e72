package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** One virtual machine; its addresses follow from its id, so that they are the same at every start. */
final class Droplet {
    private static final int MEMORY_MIB = 1_024;
    private static final int DISK_GIB = 25;

    private final long id;
    private final String name;
    private final String region;
    private final String size;
    private final String image;
    private final long createdMicros;
    private final Map<String, Long> tagsSince = new LinkedHashMap<>();

    Droplet(long id, String name, String region, String size, String image, long createdMicros) {
        this.id = id;
        this.name = name;
        this.region = region;
        this.size = size;
        this.image = image;
        this.createdMicros = createdMicros;
    }

    long id() {
        return id;
    }

    String name() {
        return name;
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

    ObjectNode json() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", id).put("name", name).put("memory", MEMORY_MIB).put("vcpus", 1).put("disk", DISK_GIB).put("locked", false);
        node.put("status", "active").put("created_at", Times.iso(createdMicros));
        node.putArray("features").add("private_networking");
        node.putArray("backup_ids");
        node.putNull("next_backup_window");
        node.putArray("snapshot_ids");
        node.putArray("volume_ids");
        ObjectNode system = node.putObject("image");
        system.put("id", 1_000).put("name", image).put("type", "base").put("distribution", "Debian").put("slug", image).put("public", true);
        system.putArray("regions").add("fra1");
        system.put("created_at", Times.iso(0)).put("min_disk_size", DISK_GIB).put("size_gigabytes", 2).put("description", image).put("status", "available");
        system.putArray("tags");
        ObjectNode kind = node.putObject("size");
        kind.put("slug", size).put("memory", MEMORY_MIB).put("vcpus", 1).put("disk", DISK_GIB).put("transfer", 1.0).put("price_monthly", 6.0);
        kind.put("price_hourly", 0.00893).put("available", true).put("description", "Basic");
        kind.putArray("regions").add("fra1");
        node.put("size_slug", size);
        ObjectNode networks = node.putObject("networks");
        ArrayNode v4 = networks.putArray("v4");
        v4.addObject().put("ip_address", privateIpv4()).put("netmask", "255.255.0.0").put("gateway", "10.110.0.1").put("type", "private");
        v4.addObject().put("ip_address", publicIpv4()).put("netmask", "255.255.0.0").put("gateway", "198.18.0.1").put("type", "public");
        networks.putArray("v6");
        ObjectNode place = node.putObject("region");
        place.put("name", region).put("slug", region).put("available", true);
        place.putArray("features").add("private_networking");
        place.putArray("sizes").add(size);
        ArrayNode tags = node.putArray("tags");
        tagsSince.keySet().forEach(tags::add);
        node.put("vpc_uuid", "760e09ef-dc84-11e8-981e-3cfdfeaae000");
        return node;
    }
}
