package dev.postern.firewall.real;

import dev.postern.local.digitalocean.Settings;
import dev.postern.local.digitalocean.SimulatedDigitalOcean;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.LinkedHashMap;
import java.util.Map;

/** A simulated DigitalOcean with two accounts, and their configuration. */
public final class SimulatedCloud implements QuarkusTestResourceLifecycleManager {
    /** The account with the sample data. */
    public static final String ACME = "acme";
    /** Another account. */
    public static final String OTHER = "other";
    private static final String OTHER_TOKEN = "dop_v1_simulated_other_account";
    private static SimulatedDigitalOcean simulation;

    /** The simulation of this JVM. */
    public static SimulatedDigitalOcean digitalOcean() {
        return simulation;
    }

    @Override
    public Map<String, String> start() {
        Map<String, String> accounts = new LinkedHashMap<>();
        accounts.put(Settings.SAMPLE_TOKEN, ACME);
        accounts.put(OTHER_TOKEN, OTHER);
        simulation = SimulatedDigitalOcean.start(0, Settings.forTests().withAccounts(accounts).withLimits(5_000_000, 0));
        return Map.of(
            "postern.accounts.acme.url", simulation.url(), "postern.accounts.acme.token", Settings.SAMPLE_TOKEN,
            "postern.accounts.other.url", simulation.url(), "postern.accounts.other.token", OTHER_TOKEN,
            "postern.accounts.broken.url", simulation.url(), "postern.accounts.broken.token", "dop_v1_refused");
    }

    @Override
    public void stop() {
        simulation.close();
    }
}
