// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.postern.edge.Problem;
import dev.postern.events.AccountName;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.AuthorizationDetail.ContainerRegistry;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.AuthorizationDetail.FirewallOpening;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.ResourceName;
import dev.postern.events.SourceAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KnownAccountsTest {
    private static final AuthorizationDetail OPENING = new FirewallOpening(new ResourceName("service:shop-db"), Protocol.TCP, PortRange.of("5432"),
        List.of(new SourceAddress("203.0.113.7")));
    private static final AuthorizationDetail CALLS = new DigitalOceanApi(new ResourceName("do:droplet:300201"), List.of("droplet:read"), Optional.empty());
    private static final AuthorizationDetail IMAGES = new ContainerRegistry(new ResourceName("do:repository:acme/shop-api"), List.of("pull"));
    private static final KnownAccounts ACCOUNTS = new KnownAccounts(Set.of("acme"), Set.of("edge"));

    private static Problem refused(String account, AuthorizationDetail... details) {
        Problem problem = catchThrowableOfType(Problem.class, () -> ACCOUNTS.check(new AccountName(account), List.of(details)));
        assertThat(problem).as("%s accepted for %s", account, List.of(details)).isNotNull();
        assertThat(problem.status()).isEqualTo(400);
        assertThat(problem.rule()).isEqualTo("account-unknown");
        assertThat(problem.pointer()).contains("/account");
        return problem;
    }

    @Test
    void accountThatNobodyHasIsRefusedForEveryTypeOfAccess() {
        for (AuthorizationDetail detail : List.of(OPENING, CALLS, IMAGES)) {
            assertThat(refused("acmee", detail).detail()).contains("did you mean acme");
            assertThat(refused("nobody", detail).detail()).contains("no account of this name");
            assertThatCode(() -> ACCOUNTS.check(new AccountName("acme"), List.of(detail))).doesNotThrowAnyException();
        }
        refused("acmee", OPENING, CALLS);
    }

    @Test
    void accountWithoutGatewayTakesOpeningsAndNoCalls() {
        assertThatCode(() -> ACCOUNTS.check(new AccountName("edge"), List.of(OPENING))).doesNotThrowAnyException();
        assertThat(refused("edge", OPENING, CALLS).detail()).contains("firewall openings alone");
    }

    @Test
    void nothingIsRefusedWhereNoAccountIsConfigured() {
        assertThatCode(() -> new KnownAccounts(Set.of(), Set.of()).check(new AccountName("acmee"), List.of(OPENING, CALLS))).doesNotThrowAnyException();
    }
}
