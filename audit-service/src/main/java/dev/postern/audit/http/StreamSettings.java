// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.http;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Settings of the live stream, {@code postern.audit.stream.*}. */
@ConfigMapping(prefix = "postern.audit.stream")
public interface StreamSettings {
    /** Maximum number of streams of one replica; further ones get 503 with Retry-After. */
    @WithDefault("100")
    int subscribersMax();

    /** Maximum number of streams of one person; further ones get 429. */
    @WithDefault("10")
    int subscribersPerPersonMax();

    /** Maximum time between two writes to a stream; a heartbeat fills longer gaps. */
    @WithDefault("PT15S")
    Duration heartbeatEvery();

    /** Maximum time a subscriber may take to receive one event; then its connection is closed, and it can resume at that event. */
    @WithDefault("PT30S")
    Duration stallMax();
}
