// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import dev.postern.events.ResourceName;
import dev.postern.token.operation.Answer;
import dev.postern.token.operation.Operation;
import dev.postern.token.operation.Place;
import dev.postern.token.operation.ResourceTypes;
import dev.postern.token.operation.ScopeRule;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which entries of a grant cover what, for one call: constraints are looked at once per entry. */
final class Coverage {
    private final ApiCall call;
    private final CallGrant grant;
    private final Map<GrantEntry, Optional<String>> broken = new HashMap<>();
    private final Work work = new Work();

    Coverage(ApiCall call, CallGrant grant) {
        this.call = call;
        this.grant = grant;
    }

    /** The most specific reason for missing coverage. */
    enum Lack {
        /** No entry has the scope on the resource. */
        SCOPE,
        /** One has it, and a constraint does not hold. */
        CONSTRAINT,
        /** One has it by {@code *}, and the answer holds a secret. */
        NAME
    }

    /**
     * The result of a coverage search.
     *
     * @param entry      that covers; empty for none
     * @param lack       the nearest miss, where none covers
     * @param constraint that does not hold, where that is the lack
     */
    record Found(Optional<GrantEntry> entry, Lack lack, Optional<String> constraint) {}

    /** Looks for the best entry: without a limit before one with a limit, else the first. */
    private final class Search {
        private final List<String> alternatives;
        private GrantEntry best;
        private Lack lack = Lack.SCOPE;
        private String constraint;

        Search(List<String> alternatives) {
            this.alternatives = alternatives;
        }

        void among(List<GrantEntry> entries, boolean counts) {
            for (GrantEntry entry : entries) {
                if (!entry.hasOneOf(alternatives) || best != null && (!best.limited() || entry.limited())) {
                    continue;
                }
                Optional<String> breaks = broken(entry);
                if (breaks.isPresent()) {
                    lack = lack == Lack.NAME ? lack : Lack.CONSTRAINT;
                    constraint = breaks.get();
                } else if (counts) {
                    best = entry;
                } else {
                    lack = Lack.NAME;
                }
            }
        }

        Found found() {
            return new Found(Optional.ofNullable(best), lack, lack == Lack.CONSTRAINT ? Optional.ofNullable(constraint) : Optional.empty());
        }
    }

    /** Finds the entry that covers one clause of scopes for one use of a resource. */
    Found use(CallReader.Use use, List<String> alternatives) {
        Operation operation = call.operation();
        Search search = new Search(alternatives);
        boolean byStar = !operation.handsOutCredential() && !use.place().byName();
        use.resource().ifPresent(resource -> {
            search.among(grant.naming(resource), true);
            holders(resource, search, byStar);
            search.among(grant.ofWhole(ResourceTypes.of(resource)), byStar);
        });
        use.holder().ifPresent(holder -> {
            search.among(grant.naming(holder), true);
            search.among(grant.ofWhole(ResourceTypes.of(holder)), byStar);
        });
        if (use.resource().isEmpty()) {
            search.among(grant.ofWhole(ResourceTypes.canonical(use.place().type())), byStar);
        }
        for (String type : use.place().wholeTypes()) {
            search.among(grant.ofWhole(ResourceTypes.canonical(type)), byStar);
        }
        if (namesTheNew(use.place())) {
            search.among(grant.making(ResourceTypes.canonical(use.place().type())), byStar);
        }
        return search.found();
    }

    /** Which entry covers one clause for whatever a place could have named: the whole type, or a whole type that reaches it. */
    Found leftOut(Place place, String type, List<String> alternatives) {
        Search search = new Search(alternatives);
        search.among(grant.ofWhole(ResourceTypes.canonical(type)), true);
        for (String wider : place.wholeTypes()) {
            search.among(grant.ofWhole(ResourceTypes.canonical(wider)), true);
        }
        return search.found();
    }

    /** Finds the entry that covers one clause of scopes for a whole type, or for a resource about to be created. */
    Found whole(String type, List<String> alternatives) {
        Search search = new Search(alternatives);
        boolean byStar = !call.operation().handsOutCredential();
        search.among(grant.ofWhole(ResourceTypes.canonical(type)), byStar);
        if (call.operation().creates().map(creates -> creates.type().equals(type)).orElse(false)) {
            search.among(grant.making(ResourceTypes.canonical(type)), byStar);
        }
        return search.found();
    }

    /** Returns true if the token may see a resource: all clauses are covered. */
    boolean shows(ResourceName resource, ScopeRule scopes) {
        for (List<String> alternatives : scopes.allOf()) {
            Search search = new Search(alternatives);
            search.among(grant.naming(resource), true);
            holders(resource, search, true);
            search.among(grant.ofWhole(ResourceTypes.of(resource)), true);
            if (search.best == null) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether an entry names the resource itself and has the scope. @param lasting whether it must say, too, that credentials may outlive the grant */
    boolean names(ResourceName resource, String scope, boolean lasting) {
        Search search = new Search(List.of(scope));
        List<GrantEntry> naming = grant.naming(resource);
        search.among(lasting ? naming.stream().filter(GrantEntry::outlives).toList() : naming, true);
        return search.best != null;
    }

    /** Returns true if every resource of a type is visible. */
    boolean showsAll(String type, ScopeRule scopes) {
        for (List<String> alternatives : scopes.allOf()) {
            Search search = new Search(alternatives);
            search.among(grant.ofWhole(ResourceTypes.canonical(type)), true);
            if (search.best == null) {
                return false;
            }
        }
        return true;
    }

    /** Every entry that could show anything by these scopes, of whatever type: each that has a limit must be counted. */
    Set<GrantEntry> couldShow(List<Answer.Identity> identities) {
        Set<GrantEntry> could = new LinkedHashSet<>();
        if (identities.stream().noneMatch(identity -> identity.scopes().allOf().stream().allMatch(this::isHad))) {
            return could;
        }
        for (GrantEntry entry : grant.entries()) {
            if (hasAScope(entry, identities) && broken(entry).isEmpty()) {
                could.add(entry);
            }
        }
        return could;
    }

    /** Returns whether an entry that this call can use has one of the scopes, on whatever resource. */
    private boolean isHad(List<String> alternatives) {
        return grant.entries().stream().anyMatch(entry -> entry.hasOneOf(alternatives) && broken(entry).isEmpty());
    }

    /** The constraint for want of which an entry that has a scope shows nothing; empty if no entry has a scope. */
    Optional<String> constraintThatHides(List<Answer.Identity> identities) {
        return grant.entries().stream().filter(entry -> hasAScope(entry, identities)).flatMap(entry -> broken(entry).stream()).findFirst();
    }

    private static boolean hasAScope(GrantEntry entry, List<Answer.Identity> identities) {
        return identities.stream().anyMatch(identity -> identity.scopes().allOf().stream().anyMatch(entry::hasOneOf));
    }

    private void holders(ResourceName resource, Search search, boolean counts) {
        String value = resource.value();
        for (int slash = value.indexOf('/'); slash > 0; slash = value.indexOf('/', slash + 1)) {
            search.among(grant.naming(new ResourceName(value.substring(0, slash) + "/*")), counts);
        }
    }

    private boolean namesTheNew(Place place) {
        return place.in() == Place.In.BODY && place.required()
            && call.operation().creates().map(creates -> creates.type().equals(place.type())).orElse(false);
    }

    private Optional<String> broken(GrantEntry entry) {
        return broken.computeIfAbsent(entry, one -> one.broken(call, work));
    }
}
