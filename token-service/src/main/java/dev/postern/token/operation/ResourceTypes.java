// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.operation;

import dev.postern.events.CanonicalName;
import dev.postern.events.ResourceName;
import java.util.Optional;
import java.util.Set;

/**
 * One name for each type of resource. The provider has several for some: its URNs, the {@code resource_type} of actions and tags, and paths that
 * are aliases of each other ({@code floating_ips} and {@code reserved_ips}).
 */
public final class ResourceTypes {
    private static final String SCHEME = "do:";

    private ResourceTypes() {}

    /** Every spelling that is not the one name of its type. */
    public static Set<String> spellings() {
        return CanonicalName.otherTypeNames();
    }

    /** The one name of a type. */
    public static String canonical(String type) {
        return CanonicalName.type(type);
    }

    /** The URN with the one name of its type. */
    public static ResourceName canonical(ResourceName name) {
        if (name.service().isPresent()) {
            return name;
        }
        String type = name.type().substring(SCHEME.length());
        String one = canonical(type);
        return one.equals(type) ? name : new ResourceName(SCHEME + one + ":" + name.id());
    }

    /** Returns the resource of a type and id. @throws IllegalArgumentException if the id is invalid or a wildcard */
    public static ResourceName single(String type, String id) {
        ResourceName name = new ResourceName(SCHEME + canonical(type) + ":" + id);
        if (name.wildcard()) {
            throw new IllegalArgumentException("names more than one resource");
        }
        return name;
    }

    /** The type of a resource of the provider, by its one name. */
    public static String of(ResourceName name) {
        return canonical(name.type().substring(SCHEME.length()));
    }

    /** The type that a name stands for as a whole ({@code do:<type>:*}), by its one name; empty for any other name. */
    public static Optional<String> wholly(ResourceName name) {
        return name.service().isEmpty() && name.id().equals("*") ? Optional.of(of(name)) : Optional.empty();
    }

    /** All resources of a type. */
    public static ResourceName whole(String type) {
        return new ResourceName(SCHEME + canonical(type) + ":*");
    }
}
