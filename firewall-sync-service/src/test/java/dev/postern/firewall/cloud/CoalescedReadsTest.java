// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.firewall.budget.BudgetPolicy.Urgency;
import dev.postern.firewall.budget.CallBudget;
import dev.postern.firewall.plan.FirewallContent;
import dev.postern.firewall.plan.ProviderLimits;
import dev.postern.firewall.plan.ShownFirewall;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

class CoalescedReadsTest {
    private final List<Runnable> waiting = new ArrayList<>();
    private final List<Urgency> payers = new ArrayList<>();
    private final CoalescedReads reads = new CoalescedReads((wait, read) -> waiting.add(read));

    /** The account as one service sees it: its calls are let through, or held back with those of its urgency. */
    private CloudFirewall account(Urgency urgency, boolean heldBack) {
        return new CloudFirewall() {
            @Override
            public ProviderLimits limits() {
                return ProviderLimits.DIGITALOCEAN;
            }

            @Override
            public CallBudget budget() {
                return CallBudget.UNKNOWN;
            }

            @Override
            public Uni<List<ShownFirewall>> read(Collection<String> ids) {
                return readAll(ids, List.of());
            }

            @Override
            public Uni<List<ShownFirewall>> readAll(Collection<String> ids, Collection<String> names) {
                payers.add(urgency);
                return heldBack ? Uni.createFrom().failure(new IllegalStateException("held back")) : Uni.createFrom().item(List.of());
            }

            @Override
            public Uni<String> create(FirewallContent content) {
                throw new AssertionError("coalesced reads change nothing");
            }

            @Override
            public Uni<Void> replace(String id, FirewallContent content) {
                throw new AssertionError("coalesced reads change nothing");
            }

            @Override
            public Uni<Void> delete(String id) {
                throw new AssertionError("coalesced reads change nothing");
            }
        };
    }

    private void ask(Urgency urgency, boolean heldBack, String id, List<String> outcome) {
        reads.read(account(urgency, heldBack), List.of(id), urgency)
            .subscribe().with(shown -> outcome.add(urgency + " read"), failure -> outcome.add(urgency + " failed"));
    }

    @Test
    void closingIsNotHeldBackWithTheChecksThatItSharesACallWith() {
        for (int round = 0; round < 4; round++) {
            List<String> outcome = new ArrayList<>();
            ask(Urgency.CHECK, true, "a", outcome);
            ask(Urgency.OPENING, true, "b", outcome);
            ask(Urgency.CLOSING, false, "c", outcome);
            waiting.remove(0).run();
            assertThat(outcome).containsExactly("CHECK read", "OPENING read", "CLOSING read");
        }
        assertThat(payers).hasSize(4).containsOnly(Urgency.CLOSING);
    }
}
