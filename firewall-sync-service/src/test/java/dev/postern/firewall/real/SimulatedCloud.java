package dev.postern.firewall.real;

import dev.postern.local.cloudflare.SimulatedCloudflare;
import dev.postern.local.digitalocean.Settings;
import dev.postern.local.digitalocean.SimulatedDigitalOcean;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A simulated DigitalOcean with two accounts, a simulated Cloudflare with one, and their configuration. */
public final class SimulatedCloud implements QuarkusTestResourceLifecycleManager {
    /** The account with the sample data. */
    public static final String ACME = "acme";
    /** Another account. */
    public static final String OTHER = "other";
    private static final String OTHER_TOKEN = "dop_v1_simulated_other_account";
    /** An account at Cloudflare. */
    public static final String EDGE = "edge";
    private static SimulatedDigitalOcean simulation;
    private static SimulatedCloudflare cloudflare;

    /** The simulation of this JVM. */
    public static SimulatedDigitalOcean digitalOcean() {
        return simulation;
    }

    /** The simulated Cloudflare of this JVM. */
    public static SimulatedCloudflare cloudflare() {
        return cloudflare;
    }

    @Override
    public Map<String, String> start() {
        Map<String, String> accounts = new LinkedHashMap<>();
        accounts.put(Settings.SAMPLE_TOKEN, ACME);
        accounts.put(OTHER_TOKEN, OTHER);
        simulation = SimulatedDigitalOcean.start(0, Settings.forTests().withAccounts(accounts).withLimits(5_000_000, 0));
        cloudflare = SimulatedCloudflare.start(0, dev.postern.local.cloudflare.Settings.forTests());
        Map<String, String> settings = new LinkedHashMap<>(Map.of(
            "postern.accounts.acme.url", simulation.url(), "postern.accounts.acme.token", Settings.SAMPLE_TOKEN,
            "postern.accounts.other.url", simulation.url(), "postern.accounts.other.token", OTHER_TOKEN,
            "postern.accounts.broken.url", simulation.url(), "postern.accounts.broken.token", "dop_v1_refused",
            "postern.accounts.edge.url", cloudflare.url(), "postern.accounts.edge.token", cloudflare.token()));
        settings.put("postern.accounts.edge.provider", "cloudflare");
        settings.put("postern.accounts.edge.account-id", cloudflare.accountId());
        for (String account : List.of(ACME, OTHER, "broken", EDGE)) {
            settings.put("postern.accounts." + account + ".calls-per-minute", "100000");
            settings.put("postern.accounts." + account + ".calls-per-hour", "1000000");
            settings.put("postern.accounts." + account + ".answer-timeout", "PT2S");
        }
        return settings;
    }

    @Override
    public void stop() {
        simulation.close();
        cloudflare.close();
    }
}
