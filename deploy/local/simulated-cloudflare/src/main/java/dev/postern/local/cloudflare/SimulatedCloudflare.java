// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import dev.postern.local.simulated.Faults;
import dev.postern.local.simulated.RecordedCall;
import dev.postern.local.simulated.Simulation;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A Cloudflare of one process's own: the lists of accounts (kind ip) and their bulk operations, in memory, over HTTP under
 * {@code /client/v4} as the API's documentation says; and {@code /_simulation} beside it. Safe for use by many threads.
 */
public final class SimulatedCloudflare implements AutoCloseable {
    private static final String LOOPBACK = "127.0.0.1";

    private final CloudflareProvider provider;
    private final Simulation simulation;

    private SimulatedCloudflare(String host, int port, Settings settings) {
        provider = new CloudflareProvider(settings);
        simulation = Simulation.start(host, port, provider);
    }

    /** Starts on the loopback address; port 0: any that is free. */
    public static SimulatedCloudflare start(int port, Settings settings) {
        return start(LOOPBACK, port, settings);
    }

    /** Starts on an address of this machine. */
    public static SimulatedCloudflare start(String host, int port, Settings settings) {
        return new SimulatedCloudflare(host, port, settings);
    }

    /** {@code http://host:port}, to which {@code /client/v4/…} is added. */
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

    /** The id of the first account. */
    public String accountId() {
        return settings().accounts().values().iterator().next();
    }

    public Settings settings() {
        return provider.settings();
    }

    /** Changes how it behaves from the next call on. Accounts are looked at by {@link #reset()} only. */
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

    /** The latest calls under /client/v4, oldest first; at most {@link Settings#callsRecorded()}. */
    public List<RecordedCall> calls() {
        return simulation.recorder().calls();
    }

    /** Returns the number of calls since the start, or since the record was cleared. */
    public long callsTotal() {
        return simulation.recorder().total();
    }

    public void forgetCalls() {
        simulation.recorder().forget();
    }

    /** A look at the first account's state, and changes to it that go around the API, as by somebody else's hand. */
    public ByHand byHand() {
        return new ByHand(provider, null);
    }

    /** The same for the account of that id. */
    public ByHand byHand(String accountId) {
        return new ByHand(provider, accountId);
    }

    /** Every operation that it answers, as {@code METHOD /client/v4/path/{placeholder}}. */
    public List<String> operations() {
        return provider.operations();
    }

    @Override
    public void close() {
        simulation.close();
    }
}
