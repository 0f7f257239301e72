package dev.postern.audit.http;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Settings of the live stream, {@code postern.audit.stream.*}. */
@ConfigMapping(prefix = "postern.audit.stream")
public interface StreamSettings {
    /** How many streams one replica serves; more are told to come again. */
    @WithDefault("100")
    int subscribersMax();

    /** How many of them one person may hold; more are refused with 429. */
    @WithDefault("10")
    int subscribersPerPersonMax();

    /** How long a stream is silent at most. */
    @WithDefault("PT15S")
    Duration heartbeatEvery();

    /** How long a subscriber may take for one event; then its connection is closed, and it can resume where it was. */
    @WithDefault("PT30S")
    Duration stallMax();
}
