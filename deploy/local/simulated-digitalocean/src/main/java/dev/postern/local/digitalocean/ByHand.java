// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import dev.postern.local.simulated.AddressRange;
import dev.postern.local.simulated.Mishap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * An account's state, looked at and changed without the API: no token, no limit, no record. A change takes effect as one made over
 * the API does, after the delay of {@code pending_changes}.
 */
public final class ByHand {
    private final DigitalOceanProvider simulation;
    private final String accountName;

    ByHand(DigitalOceanProvider simulation, String accountName) {
        this.simulation = simulation;
        this.accountName = accountName;
    }

    /**
     * A firewall at one moment.
     *
     * @param status waiting, succeeded or failed
     * @param content as the API shows it
     * @param inEffect as it is in effect
     */
    public record FirewallSnapshot(String id, String status, FirewallContent content, FirewallContent inEffect) {
    }

    /** Every firewall of the account, in the order of their creation. */
    public List<FirewallSnapshot> firewalls() {
        return with(account -> account.firewalls.values().stream().map(this::snapshot).toList());
    }

    /** The firewall of that name. */
    public Optional<FirewallSnapshot> firewallNamed(String name) {
        return firewalls().stream().filter(firewall -> firewall.content().name().equals(name)).findFirst();
    }

    /** @return its id */
    public String addFirewall(FirewallContent content) {
        return with(account -> account.addFirewall(content, UUID.randomUUID().toString(), simulation.nowMicros(), delay(), Mishap.NONE).id());
    }

    /** Changes a firewall as its owner would in the console: drift, to whoever thinks it is theirs. */
    public void editFirewall(String id, UnaryOperator<FirewallContent> edit) {
        with(account -> {
            Firewall firewall = account.firewall(id);
            account.changeFirewall(firewall, edit.apply(firewall.shown()), simulation.nowMicros(), delay(), Mishap.NONE);
            return null;
        });
    }

    public void deleteFirewall(String id) {
        with(account -> {
            account.deleteFirewall(account.firewall(id), simulation.nowMicros(), delay(), Mishap.NONE);
            return null;
        });
    }

    /** @return its id */
    public long addDroplet(String name, String... tags) {
        return with(account -> {
            Droplet droplet = new Droplet(account.newId(), name, Droplet.Plan.ofSamples(account), simulation.nowMicros(), simulation.nowMicros());
            account.droplets.put(droplet.id(), droplet);
            for (String tag : tags) {
                account.tagDroplet(droplet, tag, simulation.nowMicros(), delay());
            }
            return droplet.id();
        });
    }

    public void destroyDroplet(long id) {
        with(account -> {
            Droplet droplet = account.droplets.get(id);
            if (droplet != null) {
                account.destroyDroplet(droplet, simulation.nowMicros(), delay());
            }
            return null;
        });
    }

    public void addTag(String tag) {
        with(account -> account.tags.add(tag));
    }

    /** An image appears in a repository, as if pushed. */
    public void push(String registry, String repository, String tag) {
        with(account -> {
            account.registries.get(registry).push(repository, tag, simulation.nowMicros());
            return null;
        });
    }

    /** Returns whether the source reaches that port of the Droplets with this tag, and why. */
    public Reachability.Verdict reachableByTag(String tag, String protocol, int port, String source) {
        return with(account -> Reachability.ofTag(account, tag, question(protocol, port, source), simulation.nowMicros()));
    }

    /** Returns whether the source reaches that port of the Droplet, and why. */
    public Reachability.Verdict reachable(long droplet, String protocol, int port, String source) {
        return with(account -> Reachability.ofDroplet(account, account.droplets.get(droplet), question(protocol, port, source), simulation.nowMicros()));
    }

    private static Reachability.Packet question(String protocol, int port, String source) {
        AddressRange range = AddressRange.parse(source);
        if (range == null) {
            throw new IllegalArgumentException("not an address: " + source);
        }
        return new Reachability.Packet(protocol, port, range);
    }

    private FirewallSnapshot snapshot(Firewall firewall) {
        long now = simulation.nowMicros();
        firewall.settle(now);
        return new FirewallSnapshot(firewall.id(), firewall.status(now), firewall.shown(), firewall.applied());
    }

    private long delay() {
        return simulation.settings().delayMicros();
    }

    private <T> T with(Function<CloudAccount, T> action) {
        synchronized (simulation.lock()) {
            return action.apply(simulation.accountNamed(accountName));
        }
    }
}
