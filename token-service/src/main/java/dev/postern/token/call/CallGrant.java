// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import dev.postern.events.AuthorizationDetail;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.CanonicalName;
import dev.postern.events.ResourceName;
import dev.postern.token.operation.ResourceTypes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The resources and scopes of a token, compiled once from its {@code authorization_details} and the resources that its entries with {@code
 * own_created} created. Lookup is by name, so a call costs the same whether the grant has one resource or 10,000. Immutable and thread-safe.
 */
public final class CallGrant {
    private final Instant validUntil;
    private final List<GrantEntry> entries;
    /** Entries by resource name; the name is a single resource or a holder ({@code do:repository:acme/*}). */
    private final Map<ResourceName, List<GrantEntry>> byName;
    /** Entries by whole type ({@code do:droplet:*}), without {@code own_created}. */
    private final Map<String, List<GrantEntry>> byType;
    /** Whole types of entries with {@code own_created}: they reach what is made, not what is there. */
    private final Map<String, List<GrantEntry>> makers;

    private CallGrant(Instant validUntil, List<GrantEntry> entries, Map<ResourceName, List<GrantEntry>> byName, Map<String, List<GrantEntry>> byType,
                      Map<String, List<GrantEntry>> makers) {
        this.validUntil = validUntil;
        this.entries = entries;
        this.byName = byName;
        this.byType = byType;
        this.makers = makers;
    }

    /**
     * Compiles a grant. An entry that cannot be compiled (a broken body_schema that an earlier version let pass) covers nothing.
     *
     * @param details    the token's, in their order
     * @param validUntil when it ends
     * @param created    entry's index → what it created; entries without {@code own_created} are left alone
     */
    public static CallGrant of(List<? extends AuthorizationDetail> details, Instant validUntil, Map<Integer, Set<ResourceName>> created) {
        List<GrantEntry> entries = new ArrayList<>();
        Map<ResourceName, List<GrantEntry>> byName = new HashMap<>();
        Map<String, List<GrantEntry>> byType = new HashMap<>();
        Map<String, List<GrantEntry>> makers = new HashMap<>();
        for (int index = 0; index < details.size(); index++) {
            if (details.get(index) instanceof DigitalOceanApi detail) {
                Optional<GrantEntry> compiled = compiled(index, detail);
                if (compiled.isPresent()) {
                    GrantEntry entry = compiled.get();
                    entries.add(entry);
                    Optional<String> type = ResourceTypes.wholly(entry.identifier());
                    if (type.isPresent()) {
                        put(entry.ownCreated() ? makers : byType, type.get(), entry);
                    } else if (!entry.ownCreated() || !entry.identifier().wildcard()) {
                        put(byName, entry.identifier(), entry);
                    }
                    if (entry.ownCreated()) {
                        created.getOrDefault(index, Set.of()).forEach(resource -> put(byName, ResourceTypes.canonical(resource), entry));
                    }
                }
            }
        }
        return new CallGrant(validUntil, List.copyOf(entries), byName, byType, makers);
    }

    /** The same grant after the entry created one more resource; schemas are not compiled again. */
    public CallGrant withCreated(int index, ResourceName resource) {
        Map<ResourceName, List<GrantEntry>> more = new HashMap<>(byName);
        entries.stream().filter(entry -> entry.index() == index && entry.ownCreated() && !resource.wildcard()).forEach(entry -> {
            ResourceName name = ResourceTypes.canonical(resource);
            List<GrantEntry> both = new ArrayList<>(more.getOrDefault(name, List.of()));
            if (!both.contains(entry)) {
                both.add(entry);
            }
            more.put(name, both);
        });
        return new CallGrant(validUntil, entries, more, byType, makers);
    }

    /** When it ends. */
    public Instant validUntil() {
        return validUntil;
    }

    /** Its entries that can be used, in their order. */
    public List<GrantEntry> entries() {
        return entries;
    }

    /** The entries that name it, without any {@code *}. */
    List<GrantEntry> naming(ResourceName resource) {
        return byName.getOrDefault(resource, List.of());
    }

    /** The entries of a whole type: {@code do:<type>:*}. @param type by its one name */
    List<GrantEntry> ofWhole(String type) {
        return byType.getOrDefault(type, List.of());
    }

    /** The entries that may make resources of a type. @param type by its one name */
    List<GrantEntry> making(String type) {
        return makers.getOrDefault(type, List.of());
    }

    /** An entry of a second name covers nothing: policy judged the name, and the provider would act on the thing. */
    private static Optional<GrantEntry> compiled(int index, DigitalOceanApi detail) {
        if (CanonicalName.isSecondName(detail.identifier())) {
            return Optional.empty();
        }
        try {
            return Optional.of(new GrantEntry(index, detail));
        } catch (IllegalArgumentException broken) {
            return Optional.empty();
        }
    }

    private static <K> void put(Map<K, List<GrantEntry>> index, K name, GrantEntry entry) {
        index.computeIfAbsent(name, key -> new ArrayList<>(1)).add(entry);
    }
}
