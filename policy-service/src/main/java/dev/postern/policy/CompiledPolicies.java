package dev.postern.policy;

import com.cedarpolicy.model.Effect;
import com.cedarpolicy.model.exception.CacheException;
import com.cedarpolicy.model.exception.InternalException;
import com.cedarpolicy.model.policy.Policy;
import com.cedarpolicy.model.policy.PolicySet;
import dev.postern.events.PolicyId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One version of the policy set, read by Cedar once and kept in its memory as long as this object lives. Safe to share between threads.
 */
public final class CompiledPolicies {
    private final long version;
    private final PolicySet cedar;
    private final Map<PolicyId, PermitTerms> permits;
    private final Optional<String> fault;

    private CompiledPolicies(long version, PolicySet cedar, Map<PolicyId, PermitTerms> permits, Optional<String> fault) {
        this.version = version;
        this.cedar = cedar;
        this.permits = permits;
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
     * Reads the texts of a version.
     *
     * @throws Unusable if one of them is no policy; then none of them is used, for the one may be a forbid
     */
    public static CompiledPolicies of(long version, Map<PolicyId, String> texts) throws Unusable {
        Set<Policy> policies = new HashSet<>();
        Map<PolicyId, PermitTerms> permits = new HashMap<>();
        for (Map.Entry<PolicyId, String> text : texts.entrySet()) {
            try {
                Policy policy = new Policy(text.getValue(), text.getKey().toString());
                if (policy.effect() == Effect.PERMIT) {
                    permits.put(text.getKey(), PermitTerms.of(policy.getAnnotations()));
                }
                policies.add(policy);
            } catch (InternalException | IllegalArgumentException unreadable) {
                throw new Unusable("policy " + text.getKey() + " cannot be read", unreadable);
            }
        }
        try {
            PolicySet cedar = new PolicySet(Set.copyOf(policies));
            cedar.cache();
            return new CompiledPolicies(version, cedar, Map.copyOf(permits), Optional.empty());
        } catch (CacheException unreadable) {
            throw new Unusable("policy set " + version + " cannot be read", unreadable);
        }
    }

    /** The set of a version that cannot be read: everything that is asked of it is denied as an error. */
    public static CompiledPolicies broken(long version, Unusable why) {
        return new CompiledPolicies(version, new PolicySet(), Map.of(), Optional.of(why.getMessage()));
    }

    /** Why nothing can be decided by it; empty if it can. */
    Optional<String> fault() {
        return fault;
    }

    /** Which version it is: 0 before the first policy, then 1, 2, 3 … */
    public long version() {
        return version;
    }

    /** What a permit says beside it; empty if it is no permit of this set. */
    public Optional<PermitTerms> terms(PolicyId permit) {
        return Optional.ofNullable(permits.get(permit));
    }

    PolicySet cedar() {
        return cedar;
    }
}
