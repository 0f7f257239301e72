// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import dev.postern.local.simulated.Refusal;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * An account's lists, looked at and changed without the API: no token, no limit, no record. A change is there at once, whatever bulk
 * operation is pending.
 */
public final class ByHand {
    private final CloudflareProvider provider;
    private final String accountId;

    ByHand(CloudflareProvider provider, String accountId) {
        this.provider = provider;
        this.accountId = accountId;
    }

    /**
     * A list at one moment.
     *
     * @param items ip, as it is shown, → comment or null
     */
    public record ListSnapshot(String id, String name, String description, Map<String, String> items) {
    }

    /** Every list of the account, in the order of their creation. */
    public List<ListSnapshot> lists() {
        return with(account -> account.lists.values().stream().map(ByHand::snapshot).toList());
    }

    /** The list of that name. */
    public Optional<ListSnapshot> list(String name) {
        return with(account -> Optional.ofNullable(account.listNamed(name)).map(ByHand::snapshot));
    }

    /** Makes a list with these addresses. */
    public void addList(String name, String... ips) {
        with(account -> {
            account.addList(name, null, provider.nowMicros());
            return null;
        });
        replaceItems(name, ips);
    }

    /** Drift, to whoever thinks the list is theirs. */
    public void replaceItems(String name, String... ips) {
        Settings settings = provider.settings();
        replaceItems(name, Arrays.stream(ips).map(ip -> new Item.Content(ItemReader.shown(ip, settings), ItemReader.range(ip, settings), null)).toList());
    }

    void replaceItems(String name, List<Item.Content> contents) {
        with(account -> {
            IpList list = named(account, name);
            list.replaceItems(list.only(contents, provider.nowMicros()), provider.nowMicros());
            return null;
        });
    }

    public void describe(String name, String description) {
        with(account -> {
            named(account, name).describe(description, provider.nowMicros());
            return null;
        });
    }

    /** Cloudflare's API cannot rename; by hand it can be done here, to see what a client makes of it. */
    public void rename(String name, String other) {
        with(account -> {
            named(account, name).rename(other);
            return null;
        });
    }

    /** Sets the number of filters that refer to the list; a list with any cannot be deleted. */
    public void refer(String name, int filters) {
        with(account -> {
            named(account, name).referencingFilters(filters);
            return null;
        });
    }

    /** Another client's bulk operation takes so long, and blocks the account meanwhile; it changes no list. */
    public void occupy(Duration length) {
        with(account -> {
            account.occupy(provider.nowMicros(), length.toNanos() / 1_000);
            return null;
        });
    }

    public void deleteList(String name) {
        with(account -> {
            account.deleteList(named(account, name), provider.nowMicros());
            return null;
        });
    }

    /** Returns whether a rule that admits the addresses of this list admits this source. */
    public Reachability reachable(String name, String source) {
        return with(account -> account.history(name).of(ItemReader.source(source)));
    }

    private static IpList named(CloudAccount account, String name) {
        IpList list = account.listNamed(name);
        if (list == null) {
            throw Refusal.notFound();
        }
        return list;
    }

    private static ListSnapshot snapshot(IpList list) {
        Map<String, String> items = new LinkedHashMap<>();
        list.items().forEach(item -> items.put(item.content().ip(), item.content().comment()));
        return new ListSnapshot(list.id(), list.name(), list.description(), items);
    }

    private <T> T with(Function<CloudAccount, T> action) {
        synchronized (provider.lock()) {
            CloudAccount account = provider.account(accountId);
            account.settle(provider.nowMicros());
            return action.apply(account);
        }
    }
}
