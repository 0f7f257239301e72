// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Decides whether a resource name is spelled in the one way that its resource has. Policy judges names, and the provider reads things: with two spellings of
 * one thing, a {@code forbid} on one would not hold for the other. The edge, policy and the gateway hold this rule; see docs/adr/0018.
 */
public final class CanonicalName {
    private static final String SCHEME = "do:";
    private static final String DATABASE = "database";
    private static final String SNAPSHOT = "snapshot";
    private static final String RESERVED_IP = "reserved_ip";
    /** Other names of types: the provider's URNs, its {@code resource_type}, its scopes and its former names. */
    private static final Map<String, String> TYPES = Map.ofEntries(
        Map.entry("floatingip", RESERVED_IP), Map.entry("floating_ip", RESERVED_IP), Map.entry("reservedip", RESERVED_IP),
        Map.entry("reserved_ipv6", RESERVED_IP), Map.entry("reservedipv6", RESERVED_IP),
        Map.entry("loadbalancer", "load_balancer"), Map.entry("dbaas", DATABASE), Map.entry("database_cluster", DATABASE),
        Map.entry("space", "bucket"), Map.entry("spaces", "bucket"), Map.entry("block_storage", "volume"),
        Map.entry("volumesnapshot", SNAPSHOT), Map.entry("volume_snapshot", SNAPSHOT), Map.entry("block_storage_snapshot", SNAPSHOT),
        Map.entry("kubernetes_cluster", "kubernetes"), Map.entry("k8s", "kubernetes"),
        Map.entry("vpcpeering", "vpc_peering"), Map.entry("vpcnatgateway", "nat_gateway"), Map.entry("vpc_nat_gateway", "nat_gateway"),
        Map.entry("app_platform", "app"), Map.entry("genai_agent", "agent"));
    private static final Set<String> NUMBERED = Set.of("droplet", "image", "ssh_key");
    private static final Set<String> BY_UUID = Set.of("addon", "agent", "alert_policy", "anthropic_key", "app", "autoscale_pool", "byoip_prefix", "cdn",
        "certificate", "custom_model", DATABASE, "dedicated_inference", "evaluation_dataset", "evaluation_metric", "evaluation_run",
        "evaluation_test_case", "firewall", "indexing_job", "knowledge_base", "kubernetes", "load_balancer", "model_api_key", "model_evaluation_preset",
        "model_evaluation_run", "model_router", "monitoring_destination", "monitoring_sink", "nat_gateway", "nfs", "nfs_access_point", "nfs_snapshot",
        "openai_key", "partner_attachment", "project", "scheduled_indexing", "uptime_check", "volume", "vpc", "vpc_peering", "workspace");
    /** Types whose names are lower case, with the form of a name. */
    private static final Map<String, Pattern> NAMED = Map.of(
        "domain", Pattern.compile("(?=.{1,253}\\z)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*"),
        "tag", Pattern.compile("[a-z0-9_:-]{1,255}"),
        "registry", Pattern.compile("[a-z0-9][a-z0-9-]{0,62}"),
        "repository", Pattern.compile("[a-z0-9][a-z0-9-]{0,62}/(?:\\*|[a-z0-9][a-z0-9._/-]{0,190})"),
        "bucket", Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
        "function_namespace", Pattern.compile("fn-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"));
    /** Ids that stand for another resource of the same type. */
    private static final Set<String> STANDING_FOR_ANOTHER = Set.of("project:default", "registry:account.default", "registry:default", "vpc:default");
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,18}");
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");
    private static final Pattern UUID_FORM = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    /** A UUID without hyphens may have no letters; no number has as many digits. */
    private static final int UUID_DIGITS = 32;
    private static final Pattern HEX_32 = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern FINGERPRINT = Pattern.compile("(?i)(?:[0-9a-f]{2}:){15}[0-9a-f]{2}|SHA256:.*");
    private static final String UUID_URN = "urn:uuid:";

    private CanonicalName() {}

    /** The spelling of a name. */
    public sealed interface Spelling {
        /** The canonical spelling. */
        record Canonical() implements Spelling {}

        /**
         * The name is a second spelling of a resource that has a canonical one.
         *
         * @param right the name to write
         * @param why   what is wrong with the spelling
         */
        record Another(ResourceName right, String why) implements Spelling {
            /** Returns a message that says what is wrong and what to do. */
            public String message(ResourceName wrong) {
                return wrong + " " + why + "; write " + right;
            }
        }

        /**
         * The name is no name of the type.
         *
         * @param why what a name of the type looks like
         */
        record Unknown(String why) implements Spelling {
            /** Returns a message that says what is wrong and what to do. */
            public String message(ResourceName wrong) {
                return wrong + " " + why;
            }
        }
    }

    /** Returns how a name is spelled. */
    public static Spelling of(ResourceName name) {
        if (name.service().isPresent()) {
            return new Spelling.Canonical();
        }
        String type = name.type().substring(SCHEME.length());
        String oneType = type(type);
        Spelling id = "*".equals(name.id()) ? new Spelling.Canonical() : id(oneType, name.id());
        if (oneType.equals(type) || id instanceof Spelling.Unknown) {
            return id;
        }
        ResourceName right = id instanceof Spelling.Another another ? another.right() : named(oneType, name.id());
        return new Spelling.Another(right, "has another name of the type " + oneType);
    }

    /** Returns what is wrong with a name and what to write; empty for a canonical name. */
    public static Optional<String> fault(ResourceName name) {
        Spelling spelling = of(name);
        if (spelling instanceof Spelling.Another another) {
            return Optional.of(another.message(name));
        }
        return spelling instanceof Spelling.Unknown unknown ? Optional.of(unknown.message(name)) : Optional.empty();
    }

    /**
     * Returns true if a name is certainly a second name of a resource that has a canonical one. No service may honour a grant of such a name: policy
     * could not see all that it opens. A name of unknown form is not one.
     */
    public static boolean isSecondName(ResourceName name) {
        if (name.service().isPresent()) {
            return false;
        }
        String type = type(name.type().substring(SCHEME.length()));
        return of(name) instanceof Spelling.Another || !name.type().equals(SCHEME + type) || STANDING_FOR_ANOTHER.contains(type + ":" + name.id())
            || NUMBERED.contains(type) && !"*".equals(name.id()) && !NUMBER.matcher(name.id()).matches();
    }

    /** Returns the one name of a type. */
    public static String type(String spelling) {
        return TYPES.getOrDefault(spelling, spelling);
    }

    /** Returns every name of a type that is not its one name. */
    public static Set<String> otherTypeNames() {
        return TYPES.keySet();
    }

    /**
     * Returns the canonical names of other types that the same resource may have: a Droplet's snapshot is an image, too. What policy says of one must hold for
     * the others.
     */
    public static List<ResourceName> otherNames(ResourceName name) {
        if (name.service().isPresent() || !"*".equals(name.id()) && !NUMBER.matcher(name.id()).matches()) {
            return List.of();
        }
        return switch (name.type()) {
            case "do:snapshot" -> List.of(named("image", name.id()));
            case "do:image" -> List.of(named(SNAPSHOT, name.id()));
            default -> List.of();
        };
    }

    private static Spelling id(String type, String id) {
        if (STANDING_FOR_ANOTHER.contains(type + ":" + id)) {
            return new Spelling.Unknown("stands for another " + type + "; write that one's own " + (BY_UUID.contains(type) ? "UUID" : "name"));
        }
        if (NUMBERED.contains(type)) {
            return number(type, id);
        }
        if (BY_UUID.contains(type)) {
            return uuid(type, id);
        }
        if (NAMED.containsKey(type)) {
            return lowerCase(type, id);
        }
        return switch (type) {
            case RESERVED_IP -> address(id);
            case SNAPSHOT -> DIGITS.matcher(id).matches() && id.length() != UUID_DIGITS ? number(type, id) : uuid(type, id);
            default -> other(type, id);
        };
    }

    private static Spelling number(String type, String id) {
        if (NUMBER.matcher(id).matches()) {
            return new Spelling.Canonical();
        }
        if (DIGITS.matcher(id).matches() && id.startsWith("0")) {
            return new Spelling.Another(named(type, new BigInteger(id).toString()), "has leading zeros");
        }
        if (FINGERPRINT.matcher(id).matches()) {
            return new Spelling.Unknown("is a fingerprint, a second name of an SSH key; write its id, as do:ssh_key:512189");
        }
        return new Spelling.Unknown("has no id of this type; a resource of it is named by its number, as do:" + type + ":300201");
    }

    private static Spelling uuid(String type, String id) {
        if (UUID_FORM.matcher(id).matches()) {
            return new Spelling.Canonical();
        }
        String lower = id.toLowerCase(Locale.ROOT);
        String digits = (lower.startsWith(UUID_URN) ? lower.substring(UUID_URN.length()) : lower).replace("-", "");
        if (HEX_32.matcher(digits).matches()) {
            String right = digits.substring(0, 8) + "-" + digits.substring(8, 12) + "-" + digits.substring(12, 16) + "-" + digits.substring(16, 20) + "-"
                + digits.substring(20);
            return new Spelling.Another(named(type, right), "is no UUID in canonical form (8-4-4-4-12, lower case)");
        }
        return new Spelling.Unknown("has no id of this type; a resource of it is named by its UUID, as do:" + type + ":bb4b2611-3d72-467b-8602-280330ecd65c");
    }

    private static Spelling lowerCase(String type, String id) {
        Pattern form = NAMED.get(type);
        if (form.matcher(id).matches()) {
            return new Spelling.Canonical();
        }
        String lower = id.toLowerCase(Locale.ROOT);
        String right = "domain".equals(type) && lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        if (!form.matcher(right).matches()) {
            return new Spelling.Unknown("has no name that a " + type + " can have");
        }
        return new Spelling.Another(named(type, right), right.equals(lower) ? "is not in lower case" : "has a dot at its end");
    }

    private static Spelling address(String id) {
        try {
            String right = SourceAddress.canonicalOf(id).value();
            if (right.indexOf('/') >= 0 || id.indexOf('/') >= 0) {
                return new Spelling.Unknown("must be one address, not a block");
            }
            return right.equals(id) ? new Spelling.Canonical() : new Spelling.Another(named(RESERVED_IP, right), "is no address in canonical form");
        } catch (IllegalArgumentException noAddress) {
            return new Spelling.Unknown(noAddress.getMessage());
        }
    }

    /** Types whose ids have no form that is known: what could be read in two ways is refused all the same. */
    private static Spelling other(String type, String id) {
        if (id.endsWith("*")) {
            return new Spelling.Unknown("ends in *; write do:" + type + ":* for all resources of the type");
        }
        if (DIGITS.matcher(id).matches() && id.length() > 1 && id.length() != UUID_DIGITS && id.startsWith("0")) {
            return number(type, id);
        }
        return uuid(type, id) instanceof Spelling.Another another ? another : new Spelling.Canonical();
    }

    private static ResourceName named(String type, String id) {
        return new ResourceName(SCHEME + type + ":" + id);
    }
}
