package dev.postern.firewall;

import dev.postern.events.ServiceProtected.Attachment;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * From what is wanted and what the provider shows to what has to be asked of it. An address stays in the rule in which it stands; a new one fills a gap
 * in a rule of its ports, else makes a rule, else an object. An address is in the plan once for each part of the attachment, however many grants need
 * it. A firewall without rules can't be, so it is taken away.
 */
public final class PlanFirewall {
    private PlanFirewall() { }

    /**
     * Plans.
     *
     * @param layout     of the service and the provider: as the plan before left it, or a new one. Nothing is planned from what only it knows
     * @param attachment what the service's objects are to be attached to; empty if the service is to have nothing here
     * @param wanted     who is to be let in, and what of that is otherwise than at the reading before
     * @param own        objects of ours, as shown, under the names that we gave them; no others
     * @param namesTaken names of objects that are not ours; no object is made with one of them
     */
    public static FirewallPlan plan(FirewallLayout layout, Optional<Attachment> attachment, Wanted wanted, List<ShownFirewall> own,
                                    Set<String> namesTaken) {
        layout.bringTo(attachment, wanted, own);
        return layout.plan(namesTaken);
    }
}
