// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import dev.postern.local.simulated.Faults;
import dev.postern.local.simulated.RecordedCall;
import dev.postern.local.simulated.Simulation;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A DigitalOcean of one process's own: firewalls, Droplets, tags, domains, projects and registries, in memory, over HTTP under
 * {@code /v2} as the official OpenAPI document says; and {@code /_simulation} beside it. Safe for use by many threads.
 */
public final class SimulatedDigitalOcean implements AutoCloseable {
    private static final String LOOPBACK = "127.0.0.1";
    private static final long START_SECONDS_MAX = 30;

    private final DigitalOceanProvider provider;
    private final Simulation simulation;

    private SimulatedDigitalOcean(String host, int port, Settings settings) {
        provider = new DigitalOceanProvider(settings);
        simulation = Simulation.start(host, port, provider);
    }

    /** Starts on the loopback address; port 0: any that is free. */
    public static SimulatedDigitalOcean start(int port, Settings settings) {
        return start(LOOPBACK, port, settings);
    }

    /** Starts on an address of this machine. */
    public static SimulatedDigitalOcean start(String host, int port, Settings settings) {
        return new SimulatedDigitalOcean(host, port, settings);
    }

    /** {@code http://host:port}, to which {@code /v2/…} is added. */
    public String url() {
        return simulation.url();
    }

    public int port() {
        return simulation.port();
    }

    /** The token of the first account. */
    public String token() {
        return settings().accounts().keySet().iterator().next();
    }

    public Settings settings() {
        return provider.settings();
    }

    /** Changes how it behaves from the next call on. Accounts and sample data are looked at by {@link #reset()} only. */
    public void change(UnaryOperator<Settings> changed) {
        provider.change(changed);
    }

    /** Returns the faults of this simulation, to set and remove. */
    public Faults faults() {
        return simulation.faults();
    }

    /** Sets everything back to how it started, the record of calls and the rate limits too, and ends the faults; settings stay. */
    public void reset() {
        simulation.faults().clear();
        provider.seed();
        simulation.recorder().forget();
    }

    /** The latest calls under /v2, oldest first; at most {@link Settings#callsRecorded()}. */
    public List<RecordedCall> calls() {
        return simulation.recorder().calls();
    }

    /** Returns the number of calls under /v2 since the start, or since the record was cleared. */
    public long callsTotal() {
        return simulation.recorder().total();
    }

    public void forgetCalls() {
        simulation.recorder().forget();
    }

    /** A look at the first account's state, and changes to it that go around the API, as by somebody else's hand. */
    public ByHand byHand() {
        return new ByHand(provider, settings().accounts().values().iterator().next());
    }

    /** The same for the account of that name. */
    public ByHand byHand(String account) {
        return new ByHand(provider, account);
    }

    /** Every operation that it answers, as {@code METHOD /v2/path/{placeholder}}. */
    public List<String> operations() {
        return provider.operations();
    }

    @Override
    public void close() {
        simulation.close();
    }
}
