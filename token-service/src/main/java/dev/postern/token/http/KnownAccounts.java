// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import dev.postern.edge.NearestName;
import dev.postern.edge.Problem;
import dev.postern.events.AccountName;
import dev.postern.events.AuthorizationDetail;
import dev.postern.token.gateway.digitalocean.ProviderAccounts;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The cloud accounts that may be asked for: those of the gateway, and those that only firewall-sync-service holds a credential of. Calls go by the gateway,
 * so a call at another account would make a token that opens nothing; an opening at an account that nobody has is most likely misspelt.
 */
@Singleton
final class KnownAccounts {
    private final Set<String> ofGateway;
    private final Set<String> all;

    /**
     * @param gateway          the accounts that the gateway calls
     * @param firewallAccounts names of the accounts that only firewall-sync-service has
     */
    @Inject
    KnownAccounts(ProviderAccounts gateway, @ConfigProperty(name = "postern.firewall-accounts") Optional<List<String>> firewallAccounts) {
        this(gateway.byName().keySet(), Set.copyOf(firewallAccounts.orElse(List.of())));
    }

    KnownAccounts(Set<String> ofGateway, Set<String> ofFirewalls) {
        this.ofGateway = Set.copyOf(ofGateway);
        Set<String> both = new TreeSet<>(ofGateway);
        both.addAll(ofFirewalls);
        this.all = both;
    }

    /** @throws Problem 400 {@code account-unknown} if what is asked for cannot be opened at this account; nothing is refused where no account is configured */
    void check(AccountName account, List<AuthorizationDetail> details) {
        boolean calls = details.stream().anyMatch(AuthorizationDetail.DigitalOceanApi.class::isInstance);
        Set<String> known = calls ? ofGateway : all;
        if (all.isEmpty() || known.contains(account.value())) {
            return;
        }
        String text = calls && all.contains(account.value()) ? "the gateway does not serve this account: it can be asked for firewall openings alone"
            : NearestName.to(account.value(), known).map(name -> "there is no account of this name; did you mean " + name)
                .orElse("there is no account of this name; ask your operator for the names");
        throw Problem.badRequest("account-unknown", "/account", text);
    }
}
