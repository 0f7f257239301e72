// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Regions, sizes and public images: the same for every account. */
final class Catalogue {
    static final String REGION_DEFAULT = "fra1";
    private static final Map<String, ObjectNode> SIZES = new LinkedHashMap<>();
    private static final Map<String, ObjectNode> REGIONS = new LinkedHashMap<>();
    private static final Map<Long, ObjectNode> IMAGES = new LinkedHashMap<>();

    static {
        size("s-1vcpu-512mb-10gb", 512, 1, 10, 4);
        size("s-1vcpu-1gb", 1_024, 1, 25, 6);
        size("s-1vcpu-2gb", 2_048, 1, 50, 12);
        size("s-2vcpu-2gb", 2_048, 2, 60, 18);
        size("s-2vcpu-4gb", 4_096, 2, 80, 24);
        size("s-4vcpu-8gb", 8_192, 4, 160, 48);
        region("fra1", "Frankfurt 1");
        region("ams3", "Amsterdam 3");
        region("nyc1", "New York 1");
        region("nyc3", "New York 3");
        region("sfo3", "San Francisco 3");
        region("sgp1", "Singapore 1");
        publicImage(1_000, "debian-12-x64", "Debian", "12 x64");
        publicImage(1_001, "debian-13-x64", "Debian", "13 x64");
        publicImage(1_002, "ubuntu-22-04-x64", "Ubuntu", "22.04 (LTS) x64");
        publicImage(1_003, "ubuntu-24-04-x64", "Ubuntu", "24.04 (LTS) x64");
        publicImage(1_004, "fedora-42-x64", "Fedora", "42 x64");
    }

    private Catalogue() {
    }

    static Collection<ObjectNode> regions() {
        return REGIONS.values();
    }

    static Collection<ObjectNode> sizes() {
        return SIZES.values();
    }

    static Collection<ObjectNode> images() {
        return IMAGES.values();
    }

    /** Null if there is none of that slug. */
    static ObjectNode region(String slug) {
        return REGIONS.get(slug);
    }

    /** Null if there is none of that slug. */
    static ObjectNode size(String slug) {
        return SIZES.get(slug);
    }

    /** A public image by its slug or its id; null if there is none. */
    static ObjectNode image(JsonNode slugOrId) {
        return slugOrId.isTextual() && !slugOrId.textValue().matches("\\d{1,18}")
            ? IMAGES.values().stream().filter(image -> image.path("slug").asText().equals(slugOrId.textValue())).findFirst().orElse(null)
            : IMAGES.get(slugOrId.asLong());
    }

    /** An image as the API shows it. */
    static ObjectNode image(long id, String name, String type, String distribution, String slug, Collection<String> regions, long createdMicros) {
        ObjectNode image = JsonNodeFactory.instance.objectNode();
        image.put("id", id).put("name", name).put("distribution", distribution).put("slug", slug).put("public", slug != null);
        texts(image.putArray("regions"), regions);
        image.put("created_at", Times.iso(createdMicros)).put("type", type).put("min_disk_size", 10).put("size_gigabytes", 2.34).put("description", name);
        image.putArray("tags");
        return image.put("status", "available").put("error_message", "");
    }

    private static void size(String slug, int memoryMib, int vcpus, int diskGib, int dollarsPerMonth) {
        ObjectNode size = JsonNodeFactory.instance.objectNode();
        size.put("slug", slug).put("memory", memoryMib).put("vcpus", vcpus).put("disk", diskGib).put("transfer", 1.0);
        size.put("price_monthly", (double) dollarsPerMonth).put("price_hourly", Math.round(dollarsPerMonth / 672.0 * 100_000) / 100_000.0);
        size.putArray("regions");
        SIZES.put(slug, size.put("available", true).put("description", "Basic"));
    }

    private static void region(String slug, String name) {
        ObjectNode region = JsonNodeFactory.instance.objectNode().put("name", name).put("slug", slug);
        texts(region.putArray("features"), List.of("backups", "ipv6", "metadata", "install_agent", "storage", "image_transfer"));
        region.put("available", true);
        texts(region.putArray("sizes"), SIZES.keySet());
        REGIONS.put(slug, region);
        SIZES.values().forEach(size -> ((ArrayNode) size.get("regions")).add(slug));
    }

    private static void publicImage(long id, String slug, String distribution, String name) {
        IMAGES.put(id, image(id, name, "base", distribution, slug, new ArrayList<>(REGIONS.keySet()), 0));
    }

    private static void texts(ArrayNode array, Collection<String> all) {
        all.forEach(array::add);
    }
}
