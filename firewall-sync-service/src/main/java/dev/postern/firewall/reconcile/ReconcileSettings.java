package dev.postern.firewall.reconcile;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Settings of the reconciler, {@code postern.reconcile.*}. */
@ConfigMapping(prefix = "postern.reconcile")
public interface ReconcileSettings {
    /** How often every service is compared with the provider, though nothing happened: so drift is found. */
    @WithDefault("60s")
    Duration every();

    /** For how long an opening waits for the provider to finish an earlier change. */
    @WithDefault("10s")
    Duration holdOpeningMax();

    /** For how long a closing waits for the provider to finish an earlier change. */
    @WithDefault("2s")
    Duration holdClosingMax();

    /** A closing that takes longer is overdue: told of as such, and an alert. */
    @WithDefault("60s")
    Duration overdueAfter();

    /** An opening that the provider does not show after this time is said to wait, with the reason. */
    @WithDefault("10s")
    Duration waitingAfter();

    /** How often waiting openings are looked for. */
    @WithDefault("2s")
    Duration waitingSweepEvery();

    /** How often tags, Droplets and base firewalls of the attachments are compared with the provider. */
    @WithDefault("5m")
    Duration attachmentSweepEvery();

    /** How often overdue closings are looked for. */
    @WithDefault("5s")
    Duration overdueSweepEvery();

    /** The largest share of what a service lets in that goes in one activation though no grant of it is known; 1 lifts the limit. */
    @WithDefault("0.2")
    double removalShareMax();

    /** So many go in any case. */
    @WithDefault("20")
    int removalsFreely();
}
