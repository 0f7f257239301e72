// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall;

import dev.postern.firewall.plan.Access;
import dev.postern.firewall.plan.ProviderLimits;
import dev.postern.firewall.plan.ServiceContent;
import dev.postern.firewall.plan.ShownFirewall;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Keeps one activation from emptying a service for no reason that can be shown. What a grant's end explains may go, however much it is. What nothing
 * explains is others' doing as long as it is little; if it is a large share of all that is let in, it is more likely that our own records are lost.
 *
 * @param shareMax the largest share of what is shown, 0 to 1, that goes without an end that explains it
 * @param freely   so many go in any case
 */
public record LimitRemovals(double shareMax, int freely) {
    /** @throws IllegalArgumentException unless the share is one, and the number is not negative */
    public LimitRemovals {
        if (!(shareMax >= 0 && shareMax <= 1) || freely < 0) {
            throw new IllegalArgumentException("a share is 0 to 1, a number not negative");
        }
    }

    /** Returns the accesses in our objects that no live opening explains. */
    public static Set<Access> unexplained(List<ShownFirewall> own, List<Opening> openings) {
        Set<Access> unexplained = new HashSet<>();
        own.forEach(shown -> unexplained.addAll(shown.accesses()));
        openings.forEach(opening -> unexplained.remove(opening.granted().access()));
        unexplained.remove(Access.NOBODY);
        return unexplained;
    }

    /**
     * Returns those of {@code unexplained} that a grant could have been, had we lost it: through a port that is offered, from a source that the service
     * and the provider take. Everything else was never ours, and is removed at once.
     */
    public static Set<Access> couldBeLost(Set<Access> unexplained, ServiceContent content, ProviderLimits limits) {
        return unexplained.stream().filter(access -> content.refusal(access).isEmpty() && limits.refusal(access, content).isEmpty())
            .collect(Collectors.toCollection(HashSet::new));
    }

    /** Returns true if so many removals must be refused. @param shown number of accesses in the observed state */
    public boolean refuses(int unexplained, int shown) {
        return unexplained > freely && unexplained > shareMax * shown;
    }
}
