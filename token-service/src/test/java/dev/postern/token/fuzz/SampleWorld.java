// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.fuzz;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Resources of an imagined account. No id equals another resource's id or any other value of a call, so wherever an id turns up, it names its resource.
 */
public final class SampleWorld {
    private static final int PER_TYPE = 3;

    /** The form of a type's ids. */
    enum IdForm { NUMBER, UUID, NAME, DOMAIN, IPV4 }

    /**
     * A type of resource, as a person reads it off the document.
     *
     * @param form     of its ids
     * @param family   resource part of the scopes that speak of it
     * @param idMember member of its JSON object that holds the id
     * @param nouns    words that name it in members and parameters, without underscores and plural
     */
    record Type(String name, IdForm form, Set<String> family, String idMember, Set<String> nouns) {}

    /** One resource. */
    public record Resource(String type, String id) {
        /** Returns the URN. */
        public String urn() {
            return "do:" + type + ":" + id;
        }

        /** Returns a text that the provider shows in this resource alone. */
        String canary() {
            return "content-of-" + type + "-" + id.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
        }
    }

    private static final Map<String, Type> TYPES = new LinkedHashMap<>();
    /** Path up to the parameter → type of the resource that the parameter names. */
    private static final Map<String, String> COLLECTIONS = new LinkedHashMap<>();

    static {
        type("droplet", IdForm.NUMBER, "id", Set.of("droplet"), "droplet", "linkeddroplet", "host");
        type("firewall", IdForm.UUID, "id", Set.of("firewall"), "firewall");
        type("domain", IdForm.DOMAIN, "name", Set.of("domain"));
        type("tag", IdForm.NAME, "name", Set.of("tag"), "tags", "tagname");
        type("load_balancer", IdForm.UUID, "id", Set.of("load_balancer"), "loadbalancer", "targetloadbalancer", "lb");
        type("kubernetes", IdForm.UUID, "id", Set.of("kubernetes"), "kubernetes");
        type("database", IdForm.UUID, "id", Set.of("database"), "database", "db");
        type("volume", IdForm.UUID, "id", Set.of("block_storage", "block_storage_action"), "volume");
        type("image", IdForm.NUMBER, "id", Set.of("image"));
        type("ssh_key", IdForm.NUMBER, "id", Set.of("ssh_key"), "sshkey");
        type("vpc", IdForm.UUID, "id", Set.of("vpc"), "vpc", "privatenetwork", "oldvpc", "newvpc");
        type("project", IdForm.UUID, "id", Set.of("project"), "project");
        type("reserved_ip", IdForm.IPV4, "ip", Set.of("reserved_ip"), "reservedip", "floatingip");
        type("certificate", IdForm.UUID, "id", Set.of("certificate"), "certificate");
        type("app", IdForm.UUID, "id", Set.of("app"), "app");
        type("cdn", IdForm.UUID, "id", Set.of("cdn"));
        type("registry", IdForm.NAME, "name", Set.of("registry"));
        type("uptime_check", IdForm.UUID, "id", Set.of("uptime"));
        type("alert_policy", IdForm.UUID, "uuid", Set.of("monitoring"));
        type("vpc_peering", IdForm.UUID, "id", Set.of("vpc_peering"));
        type("nfs", IdForm.UUID, "id", Set.of("nfs"));
        type("agent", IdForm.UUID, "uuid", Set.of("genai"), "agent", "childagent", "parentagent");
        type("knowledge_base", IdForm.UUID, "uuid", Set.of("genai"), "knowledgebase");
        type("workspace", IdForm.UUID, "uuid", Set.of("genai"), "workspace");
        collection("/v2/droplets", "droplet");
        collection("/v2/firewalls", "firewall");
        collection("/v2/domains", "domain");
        collection("/v2/tags", "tag");
        collection("/v2/load_balancers", "load_balancer");
        collection("/v2/kubernetes/clusters", "kubernetes");
        collection("/v2/databases", "database");
        collection("/v2/volumes", "volume");
        collection("/v2/images", "image");
        collection("/v2/account/keys", "ssh_key");
        collection("/v2/vpcs", "vpc");
        collection("/v2/projects", "project");
        collection("/v2/reserved_ips", "reserved_ip");
        collection("/v2/floating_ips", "reserved_ip");
        collection("/v2/certificates", "certificate");
        collection("/v2/apps", "app");
        collection("/v2/cdn/endpoints", "cdn");
        collection("/v2/registries", "registry");
        collection("/v2/uptime/checks", "uptime_check");
        collection("/v2/monitoring/alerts", "alert_policy");
        collection("/v2/vpc_peerings", "vpc_peering");
        collection("/v2/nfs", "nfs");
        collection("/v2/gen-ai/agents", "agent");
        collection("/v2/gen-ai/knowledge_bases", "knowledge_base");
        collection("/v2/gen-ai/workspaces", "workspace");
    }

    private final Map<String, List<Resource>> resources = new LinkedHashMap<>();

    /** Makes a world from a seed. */
    public SampleWorld(Random random) {
        for (Type type : TYPES.values()) {
            List<Resource> some = new ArrayList<>();
            for (int at = 0; at < PER_TYPE; at++) {
                some.add(new Resource(type.name(), id(type.form(), random)));
            }
            resources.put(type.name(), some);
        }
    }

    private static void type(String name, IdForm form, String idMember, Set<String> family, String... nouns) {
        TYPES.put(name, new Type(name, form, family, idMember, Set.of(nouns)));
    }

    private static void collection(String path, String type) {
        COLLECTIONS.put(path, type);
    }

    private static String id(IdForm form, Random random) {
        return switch (form) {
            case NUMBER -> Integer.toString(410_000_000 + random.nextInt(80_000_000));
            case UUID ->
                new java.util.UUID(random.nextLong() & ~0xf000L | 0x4000L, random.nextLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L).toString();
            case NAME -> "n" + Integer.toString(random.nextInt(1_000_000_000), 36) + "x" + random.nextInt(1_000);
            case DOMAIN -> id(IdForm.NAME, random) + ".example";
            case IPV4 -> "143." + (100 + random.nextInt(100)) + "." + (1 + random.nextInt(250)) + "." + (1 + random.nextInt(250));
        };
    }

    /** Returns the type of the resource that a path parameter names; empty if it names none of the world. */
    static Optional<Type> ofParameter(String pathUpToParameter) {
        return Optional.ofNullable(COLLECTIONS.get(pathUpToParameter)).map(TYPES::get);
    }

    /** Returns the type whose ids a member or parameter of this name holds; empty if the name does not say. */
    static Optional<Type> ofMember(String name) {
        String plain = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
        String noun = plain.replaceAll("(ids?|uuids?|uids?)$", "");
        boolean identifies = !noun.equals(plain) || plain.equals("tags") || plain.equals("tagname") || plain.equals("volumes") || plain.equals("sshkeys");
        String one = noun.endsWith("s") && !noun.equals("kubernetes") && !noun.equals("tags") ? noun.substring(0, noun.length() - 1) : noun;
        return identifies ? TYPES.values().stream().filter(type -> type.nouns().contains(one)).findFirst() : Optional.empty();
    }

    static Type type(String name) {
        return TYPES.get(name);
    }

    static List<Type> types() {
        return List.copyOf(TYPES.values());
    }

    Resource any(String type, Random random) {
        return resources.get(type).get(random.nextInt(PER_TYPE));
    }

    Resource any(Random random) {
        return any(List.copyOf(TYPES.keySet()).get(random.nextInt(TYPES.size())), random);
    }

    /** Returns what the provider shows at a member of a resource: one or two others of a type, always the same. */
    List<Resource> attached(Resource resource, String member, String type) {
        Random random = new Random((resource.urn() + member).hashCode());
        Resource one = any(type, random);
        Resource other = any(type, random);
        return one.equals(other) ? List.of(one) : List.of(one, other);
    }

    /** Returns every resource. */
    List<Resource> all() {
        return resources.values().stream().flatMap(List::stream).toList();
    }
}
