// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.real;

import dev.postern.local.cloudflare.ByHand;
import dev.postern.local.cloudflare.SimulatedCloudflare;
import dev.postern.local.digitalocean.Settings;
import dev.postern.local.digitalocean.SimulatedDigitalOcean;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A simulated DigitalOcean and a simulated Cloudflare, each with several accounts, and their configuration. */
public final class SimulatedCloud implements QuarkusTestResourceLifecycleManager {
    /** The account with the sample data. */
    public static final String ACME = "acme";
    /** Another account. */
    public static final String OTHER = "other";
    /** An account whose credential the provider refuses. */
    public static final String BROKEN = "broken";
    /** An account with few calls: 40 a minute. */
    public static final String SCARCE = "scarce";
    /** An account of which nothing is done but by one test. */
    public static final String SPARE = "spare";
    /** An account at Cloudflare. */
    public static final String EDGE = "edge";
    /** All accounts at Cloudflare: each has one operation at a time. */
    public static final List<String> EDGES = List.of(EDGE, "edge-2", "edge-3", "edge-4", "edge-5", "edge-6", "edge-7", "edge-8", "edge-9", "edge-10");
    private static final List<String> AT_DIGITALOCEAN = List.of(OTHER, SCARCE, SPARE);
    private static final int FEW_CALLS_PER_MINUTE = 40;
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

    /** Returns true for an account at Cloudflare. */
    public static boolean isEdge(String account) {
        return EDGES.contains(account);
    }

    /** The lists of an account at Cloudflare. */
    public static ByHand lists(String account) {
        return cloudflare.byHand(accountId(account));
    }

    private static String accountId(String account) {
        return String.format("%032x", 0xedfe + EDGES.indexOf(account));
    }

    /** The token that opens an account. */
    public static String token(String account) {
        return account.equals(ACME) ? Settings.SAMPLE_TOKEN : isEdge(account) ? "cloudflare_simulated_" + account : "dop_v1_simulated_account_" + account;
    }

    @Override
    public Map<String, String> start() {
        Map<String, String> accounts = new LinkedHashMap<>(Map.of(token(ACME), ACME));
        AT_DIGITALOCEAN.forEach(account -> accounts.put(token(account), account));
        simulation = SimulatedDigitalOcean.start(0, Settings.forTests().withAccounts(accounts).withLimits(5_000_000, 0));
        AT_DIGITALOCEAN.forEach(account -> simulation.byHand(account).addTag("shop-db"));
        Map<String, String> edges = new LinkedHashMap<>();
        EDGES.forEach(account -> edges.put(token(account), accountId(account)));
        cloudflare = SimulatedCloudflare.start(0, dev.postern.local.cloudflare.Settings.forTests().withAccounts(edges));
        return configuration();
    }

    /** The configuration of a service that works with the simulations of this JVM. */
    static Map<String, String> configuration() {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String account : List.of(ACME, OTHER, SCARCE, SPARE, BROKEN)) {
            configure(settings, account, Map.of("url", simulation.url()));
        }
        settings.put("postern.accounts.scarce.calls-per-minute", String.valueOf(FEW_CALLS_PER_MINUTE));
        for (String account : EDGES) {
            configure(settings, account, Map.of("url", cloudflare.url(), "provider", "cloudflare", "account-id", accountId(account)));
        }
        return settings;
    }

    private static void configure(Map<String, String> settings, String account, Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(more);
        all.putAll(Map.of("token", token(account), "calls-per-minute", "100000", "calls-per-hour", "1000000", "answer-timeout", "PT2S"));
        all.forEach((name, value) -> settings.put("postern.accounts." + account + "." + name, value));
    }

    @Override
    public void stop() {
        simulation.close();
        cloudflare.close();
    }
}
