package dev.postern.firewall.reconcile;

import dev.postern.firewall.cloud.Clouds;
import dev.postern.firewall.postgres.Ownership;
import dev.postern.firewall.postgres.ReconciliationStore;
import java.time.Duration;

/**
 * What activations work with.
 *
 * @param holdOpeningMax for how long a change waits for the provider to finish the one before
 * @param holdClosingMax the same for a change that closes
 */
record Parts(Ownership ownership, ReconciliationStore store, Clouds clouds, FailPoint failPoint, ReconcileMetrics metrics, Duration holdOpeningMax,
             Duration holdClosingMax) { }
