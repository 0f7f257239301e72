// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;

/** Settings of transactional messaging, {@code postern.messaging.*}. */
@ConfigMapping(prefix = "postern.messaging")
public interface MessagingSettings {
    /** The CloudEvents {@code source} of what this service publishes, as {@code /token-service}. */
    URI source();

    /** If true, this process competes for the relay's lock. */
    @WithDefault("true")
    boolean relayEnabled();

    /** Maximum number of events that the relay sends before it marks them. */
    @WithDefault("500")
    int relayBatch();

    /** Duration of retries while PostgreSQL is unavailable; then the record becomes a dead letter, which can be replayed. */
    @WithDefault("PT30M")
    Duration retryTransientFor();

    /** Number of retries after any other failure, within about two seconds; then the record becomes a dead letter. */
    @WithDefault("4")
    int retryUnexpectedTimes();
}
