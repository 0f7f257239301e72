// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import com.cedarpolicy.model.Effect;
import com.cedarpolicy.model.exception.CacheException;
import com.cedarpolicy.model.exception.InternalException;
import com.cedarpolicy.model.policy.Policy;
import com.cedarpolicy.model.policy.PolicySet;
import dev.postern.events.PolicyId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * One version of the policy set, parsed by Cedar once and copied into its memory, until a later version takes its place there. Safe to share between threads.
 */
public final class CompiledPolicies {
    private static final int NEAREST_MAX = 3;
    private static final Set<String> ADDRESS_SETS = Set.of("sources", "client_addresses");
    private static final Set<String> MEMBER = Set.of(".", "[", "has");

    private final long version;
    private final CedarMemory.Place place;
    private final int number;
    private final boolean hasWildcardForbids;
    private final Map<PolicyId, PermitTerms> permits;
    private final Map<PolicyId, PermitScope> scopes;
    private final Map<PolicyId, String> outdated;
    private final boolean addressSetsRead;
    private final Optional<String> fault;

    private CompiledPolicies(long version, CedarMemory.Place place, int number, boolean hasWildcardForbids, Map<PolicyId, PermitTerms> permits,
                             Map<PolicyId, PermitScope> scopes, Map<PolicyId, String> outdated, boolean addressSetsRead, Optional<String> fault) {
        this.version = version;
        this.place = place;
        this.number = number;
        this.hasWildcardForbids = hasWildcardForbids;
        this.permits = permits;
        this.scopes = scopes;
        this.outdated = outdated;
        this.addressSetsRead = addressSetsRead;
        this.fault = fault;
    }

    /** Policies that Cedar cannot read: nothing can be decided by them. */
    public static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;

        Unusable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Compiles the texts of a version, with memory of its own.
     *
     * @throws Unusable if one of them is no policy; then none of them is used, for the one may be a forbid
     */
    public static CompiledPolicies of(long version, Map<PolicyId, String> texts) throws Unusable {
        return of(version, texts, new CedarMemory());
    }

    /**
     * Compiles the texts of a version.
     *
     * @param memory holds a few versions; the oldest of them can decide nothing afterwards
     * @throws Unusable if one of them is no policy; then none of them is used, for the one may be a forbid
     */
    public static CompiledPolicies of(long version, Map<PolicyId, String> texts, CedarMemory memory) throws Unusable {
        Set<Policy> policies = new HashSet<>();
        Set<Policy> widened = new HashSet<>();
        Map<PolicyId, PermitTerms> permits = new HashMap<>();
        Map<PolicyId, PermitScope> scopes = new HashMap<>();
        Map<PolicyId, String> outdated = new HashMap<>();
        for (Map.Entry<PolicyId, String> text : texts.entrySet()) {
            try {
                Policy policy = new Policy(text.getValue(), text.getKey().toString());
                if (policy.effect() == Effect.PERMIT) {
                    permits.put(text.getKey(), PermitTerms.of(policy.getAnnotations()));
                    PermitScope.of(policy).ifPresent(scope -> scopes.put(text.getKey(), scope));
                } else {
                    WildcardForbid.of(policy).ifPresent(widened::add);
                }
                policies.add(policy);
                CheckPolicy.outdated(text.getValue()).ifPresent(finding -> outdated.put(text.getKey(), finding.inWords()));
            } catch (InternalException | IllegalArgumentException unreadable) {
                throw new Unusable("policy " + text.getKey() + " cannot be read", unreadable);
            }
        }
        try {
            CedarMemory.Place place = memory.next();
            return new CompiledPolicies(version, place, place.take(policies, widened), !widened.isEmpty(), Map.copyOf(permits), new TreeMap<>(scopes),
                Map.copyOf(outdated), texts.values().stream().anyMatch(CompiledPolicies::readsAddressSets), Optional.empty());
        } catch (CacheException unreadable) {
            throw new Unusable("policy set " + version + " cannot be read", unreadable);
        }
    }

    /** The set of a version that cannot be read: everything that is asked of it is denied as an error. */
    public static CompiledPolicies broken(long version, Unusable why) {
        return new CompiledPolicies(version, new CedarMemory.Place(), 0, false, Map.of(), Map.of(), Map.of(), true, Optional.of(why.getMessage()));
    }

    /** Returns the reason that this set cannot decide anything; empty if it can. */
    Optional<String> fault() {
        return fault;
    }

    /** Which version it is: 0 before the first policy, then 1, 2, 3 … */
    public long version() {
        return version;
    }

    /** Returns the terms of a permit; empty if the set has no such permit. */
    public Optional<PermitTerms> terms(PolicyId permit) {
        return Optional.ofNullable(permits.get(permit));
    }

    /** Returns the permits that nearly matched a question that no permit matched, with what was missing: first those whose scope matches. */
    List<String> nearest(CedarQuery question) {
        List<String> near = new ArrayList<>();
        List<String> further = new ArrayList<>();
        scopes.forEach((permit, scope) -> scope.missing(question)
            .ifPresent(missing -> (missing.startsWith("its conditions") ? near : further).add(permit + " (" + missing + ")")));
        near.addAll(further);
        return near.stream().limit(NEAREST_MAX).toList();
    }

    /** Returns the policies that an earlier version accepted and that would be refused now, with the reason. */
    public Map<PolicyId, String> outdated() {
        return outdated;
    }

    /** Returns whether a policy can see the addresses of {@code context.sources} or {@code context.client_addresses}. */
    boolean readsAddressSets() {
        return addressSetsRead;
    }

    /** A policy reads them by name, in a string with or without escapes, or with the context as a whole. */
    private static boolean readsAddressSets(String text) {
        List<PolicyToken> tokens = PolicyToken.of(text);
        for (int each = 0; each < tokens.size(); each++) {
            PolicyToken token = tokens.get(each);
            boolean named = ADDRESS_SETS.contains(token.text()) || token.kind() == PolicyToken.Kind.STRING && token.text().indexOf('\\') >= 0;
            boolean whole = token.is("context") && (each + 1 == tokens.size() || !MEMBER.contains(tokens.get(each + 1).text()));
            if (named || whole) {
                return true;
            }
        }
        return false;
    }

    /** Returns false once a later version has taken this one's place in Cedar's memory: answers since then may be that version's. */
    public boolean current() {
        return place.holds(number);
    }

    PolicySet cedar() {
        return place.policies();
    }

    /** The forbids that name single resources, widened to the wildcards that contain these; empty if there are none. */
    Optional<PolicySet> wildcardForbids() {
        return hasWildcardForbids ? Optional.of(place.wildcardForbids()) : Optional.empty();
    }
}
