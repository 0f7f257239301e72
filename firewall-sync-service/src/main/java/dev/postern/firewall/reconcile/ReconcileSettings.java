// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Settings of the reconciler, {@code postern.reconcile.*}. */
@ConfigMapping(prefix = "postern.reconcile")
public interface ReconcileSettings {
    /** Interval of the comparison of every service with its provider, without a trigger: it finds drift. */
    @WithDefault("60s")
    Duration every();

    /** Maximum time that an opening waits for an earlier change at the provider. */
    @WithDefault("10s")
    Duration holdOpeningMax();

    /** Maximum time that a closing waits for an earlier change at the provider. */
    @WithDefault("2s")
    Duration holdClosingMax();

    /** Maximum duration of a closing; a longer one is published as overdue and raises an alert. */
    @WithDefault("60s")
    Duration overdueAfter();

    /** An opening that the provider does not show after this time is said to wait, with the reason. */
    @WithDefault("10s")
    Duration waitingAfter();

    /** Interval of the search for waiting openings. */
    @WithDefault("2s")
    Duration waitingSweepEvery();

    /** Interval of the check of tags, Droplets and base firewalls of the attachments. */
    @WithDefault("5m")
    Duration attachmentSweepEvery();

    /** Interval of the search for overdue closings. */
    @WithDefault("5s")
    Duration overdueSweepEvery();

    /** The largest share of what a service lets in that goes in one activation though no grant of it is known; 1 lifts the limit. */
    @WithDefault("0.2")
    double removalShareMax();

    /** Number of unexplained removals that are always allowed. */
    @WithDefault("20")
    int removalsFreely();
}
