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

    /** Whether this process competes for the relay. */
    @WithDefault("true")
    boolean relayEnabled();

    /** How many events the relay sends before it marks them. */
    @WithDefault("500")
    int relayBatch();

    /** How long a consumer retries what fails because PostgreSQL is away; then the record becomes a dead letter, which can be replayed. */
    @WithDefault("PT30M")
    Duration retryTransientFor();

    /** How often a consumer retries what failed otherwise, within about two seconds; then the record becomes a dead letter. */
    @WithDefault("4")
    int retryUnexpectedTimes();
}
