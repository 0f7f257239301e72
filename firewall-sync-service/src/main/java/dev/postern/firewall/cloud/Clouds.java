package dev.postern.firewall.cloud;

import dev.postern.events.AccountName;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The configured accounts, each with its own client, credential, timeouts and budget. */
@ApplicationScoped
public class Clouds {
    private static final String DIGITALOCEAN = "digitalocean";

    private final Map<AccountName, CloudFirewall> byAccount = new TreeMap<>();

    Clouds(CloudAccounts accounts) {
        accounts.byName().forEach((name, account) -> byAccount.put(new AccountName(name), client(name, account)));
    }

    /** The firewalls of an account; empty if none of that name is configured. */
    public Optional<CloudFirewall> firewalls(AccountName account) {
        return Optional.ofNullable(byAccount.get(account));
    }

    /** All accounts. */
    public Map<AccountName, CloudFirewall> all() {
        return Map.copyOf(byAccount);
    }

    private static CloudFirewall client(String name, CloudAccounts.Account account) {
        if (!account.provider().equals(DIGITALOCEAN)) {
            throw new IllegalArgumentException("postern.accounts." + name + ".provider must be " + DIGITALOCEAN);
        }
        return new DigitalOceanFirewall(account);
    }
}
