// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithParentName;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The cloud accounts behind the gateway, {@code postern.accounts.<name>.*}: the same settings as firewall-sync-service has. */
@ConfigMapping(prefix = "postern.accounts")
public interface ProviderAccounts {
    /** The accounts by name. */
    @WithParentName
    Map<String, Account> byName();

    /** One account. */
    interface Account {
        /** Which provider: {@code digitalocean}. */
        @WithDefault("digitalocean")
        String provider();

        /** Base URL of the API; the provider's own address if absent. */
        Optional<URI> url();

        /** The wide credential. It stays in this process. */
        String token();

        /** Connection timeout. */
        @WithDefault("PT2S")
        Duration connectTimeout();

        /** Maximum idle time while an answer is awaited. */
        @WithDefault("PT30S")
        Duration answerTimeout();
    }
}
