// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import static dev.postern.policy.SampleRequests.NOW;
import static dev.postern.policy.SampleRequests.SERVICES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.events.AccessDecided;
import dev.postern.events.PolicyId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The number of versions that have a copy in Cedar's memory, and decisions by versions that have none any more. */
class CedarMemoryTest {
    /** Cedar itself refuses the 1,025th copy while the objects of the others live. */
    private static final int MORE_THAN_CEDAR_HOLDS = 1_100;
    private static final String PERMIT = "permit(principal, action == Action::\"firewall:open\", resource);";
    private static final String FORBID = "forbid(principal, action, resource);";

    private final CedarMemory memory = new CedarMemory();

    @Test
    void moreVersionsThanCedarHoldsAreCompiledWhileAllOfThemAreReferenced() throws CompiledPolicies.Unusable {
        List<CompiledPolicies> referenced = new ArrayList<>();
        for (int version = 1; version <= MORE_THAN_CEDAR_HOLDS; version++) {
            referenced.add(compiled(version, version % 2 == 0 ? PERMIT : FORBID));
        }
        assertThat(referenced.stream().filter(CompiledPolicies::current).map(CompiledPolicies::version))
            .containsExactly(1_097L, 1_098L, 1_099L, 1_100L);
        assertThat(outcome(referenced.get(MORE_THAN_CEDAR_HOLDS - 1))).isEqualTo(AccessDecided.Decision.GRANTED);
        assertThat(outcome(referenced.get(MORE_THAN_CEDAR_HOLDS - 2))).isEqualTo(AccessDecided.Decision.DENIED);
    }

    @Test
    void versionWhosePlaceWasTakenDecidesNothing() throws CompiledPolicies.Unusable {
        CompiledPolicies forbids = compiled(1, FORBID);
        assertThat(outcome(forbids)).isEqualTo(AccessDecided.Decision.DENIED);
        for (int version = 2; version <= 1 + CedarMemory.VERSIONS_MAX; version++) {
            compiled(version, PERMIT);
        }
        assertThatThrownBy(() -> outcome(forbids)).isInstanceOf(IllegalStateException.class).hasMessageContaining("policy set 1 was replaced");
    }

    @Test
    void versionThatCannotBeReadTakesNoPlace() throws CompiledPolicies.Unusable {
        CompiledPolicies permits = compiled(1, PERMIT);
        for (int attempt = 0; attempt <= CedarMemory.VERSIONS_MAX; attempt++) {
            assertThatThrownBy(() -> compiled(2, "permit(principal")).isInstanceOf(CompiledPolicies.Unusable.class);
        }
        assertThat(outcome(permits)).isEqualTo(AccessDecided.Decision.GRANTED);
    }

    private CompiledPolicies compiled(long version, String text) throws CompiledPolicies.Unusable {
        return CompiledPolicies.of(version, Map.of(new PolicyId("p1"), text), memory);
    }

    private static AccessDecided.Decision outcome(CompiledPolicies policies) {
        return DecideAccess.decide(SampleRequests.byPortal(SampleRequests.shopDb()), policies, SERVICES, NOW).next().decided().outcome();
    }
}
