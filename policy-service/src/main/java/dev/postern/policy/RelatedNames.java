// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import dev.postern.events.CanonicalName;
import dev.postern.events.ResourceName;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Relates names of resources: the wildcards that contain one, and all names that reach it. */
final class RelatedNames {
    private RelatedNames() {}

    /** Returns the wildcards around a resource: {@code do:repository:acme/shop-api} is in {@code do:repository:acme/*} and {@code do:repository:*}. */
    static List<String> enclosing(ResourceName name) {
        List<String> wildcards = new ArrayList<>();
        wildcards.add(name.type() + ":*");
        for (int slash = name.id().indexOf('/'); slash >= 0; slash = name.id().indexOf('/', slash + 1)) {
            wildcards.add(name.type() + ":" + name.id().substring(0, slash) + "/*");
        }
        wildcards.remove(name.value());
        return wildcards;
    }

    /** Returns every name of a grant that reaches what {@code id} names: itself, its other name, and the wildcards around both. */
    static Set<String> reaching(String id) {
        Set<String> names = new LinkedHashSet<>(Set.of(id));
        try {
            ResourceName name = new ResourceName(id);
            names.addAll(enclosing(name));
            CanonicalName.otherNames(name).forEach(other -> {
                names.add(other.value());
                names.addAll(enclosing(other));
            });
        } catch (IllegalArgumentException noResource) {
            // Nothing can have this name, and nothing contains it.
            return names;
        }
        return names;
    }
}
