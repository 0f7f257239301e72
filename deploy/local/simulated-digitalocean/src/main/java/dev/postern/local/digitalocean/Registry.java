// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One container registry.
 *
 * @param repositories name → repository
 */
record Registry(String name, String region, long createdMicros, Map<String, Repository> repositories) {
    private static final int IMAGE_BYTES = 5_843_968;

    static Registry named(String name, String region, long nowMicros) {
        return new Registry(name, region, nowMicros, new TreeMap<>());
    }

    /** Adds an image: a manifest with one tag. */
    void push(String repository, String tag, long nowMicros) {
        Repository into = repositories.computeIfAbsent(repository, fresh -> new Repository(name, fresh, new LinkedHashMap<>(), new TreeMap<>()));
        String digest = digest(name + "/" + repository + ":" + tag);
        into.manifests().put(digest, nowMicros);
        into.tags().put(tag, digest);
    }

    Repository repository(String repository) {
        Repository found = repositories.get(repository);
        if (found == null) {
            throw Refusal.notFound();
        }
        return found;
    }

    ObjectNode json() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        long manifests = repositories.values().stream().mapToLong(repository -> repository.manifests().size()).sum();
        return node.put("name", name).put("created_at", Times.iso(createdMicros)).put("region", region)
            .put("storage_usage_bytes", manifests * IMAGE_BYTES).put("storage_usage_bytes_updated_at", Times.iso(createdMicros));
    }

    private static String digest(String text) {
        try {
            return "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    /**
     * One repository.
     *
     * @param manifests digest → when it was pushed, in microseconds since the epoch
     * @param tags tag → digest
     */
    record Repository(String registry, String name, Map<String, Long> manifests, Map<String, String> tags) {

        ObjectNode json() {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            node.put("registry_name", registry).put("name", name).put("tag_count", tags.size()).put("manifest_count", manifests.size());
            if (!manifests.isEmpty()) {
                node.set("latest_manifest", manifest(List.copyOf(manifests.keySet()).get(manifests.size() - 1)));
            }
            return node;
        }

        /** The older listing, by tags. */
        ObjectNode jsonByTags() {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            node.put("registry_name", registry).put("name", name).put("tag_count", tags.size());
            tags.keySet().stream().reduce((first, second) -> second).ifPresent(latest -> node.set("latest_tag", tag(latest)));
            return node;
        }

        ObjectNode tag(String tag) {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            String digest = tags.get(tag);
            return node.put("registry_name", registry).put("repository", name).put("tag", tag).put("manifest_digest", digest)
                .put("compressed_size_bytes", IMAGE_BYTES).put("size_bytes", 2 * IMAGE_BYTES).put("updated_at", Times.iso(manifests.get(digest)));
        }

        ObjectNode manifest(String digest) {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            node.put("registry_name", registry).put("repository", name).put("digest", digest).put("compressed_size_bytes", IMAGE_BYTES)
                .put("size_bytes", 2 * IMAGE_BYTES).put("updated_at", Times.iso(manifests.get(digest)));
            ArrayNode named = node.putArray("tags");
            tags.forEach((tag, of) -> {
                if (of.equals(digest)) {
                    named.add(tag);
                }
            });
            node.putArray("blobs").addObject().put("digest", digest).put("compressed_size_bytes", IMAGE_BYTES);
            return node;
        }
    }
}
