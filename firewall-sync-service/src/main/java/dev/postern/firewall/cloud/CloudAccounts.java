// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithParentName;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The configured cloud accounts, {@code postern.accounts.<name>.*}. */
@ConfigMapping(prefix = "postern.accounts")
public interface CloudAccounts {
    /** The accounts by name. */
    @WithParentName
    Map<String, Account> byName();

    /** One account. */
    interface Account {
        /** Which provider: {@code digitalocean}, {@code cloudflare}. */
        @WithDefault("digitalocean")
        String provider();

        /** Base URL of the API; the provider's own address if absent. */
        Optional<URI> url();

        /** The account's id at the provider, where its API asks for one (Cloudflare). */
        Optional<String> accountId();

        /** The wide credential. It stays in this process. */
        Optional<String> token();

        /** A file that holds the credential instead; it is read again when it changes. */
        Optional<Path> tokenFile();

        /** The account that the credential must open ({@code team <uuid>}); the one that was seen first if absent. */
        Optional<String> identity();

        /** Calls that the provider takes in a minute, where it takes others than it says to all. */
        OptionalInt callsPerMinute();

        /** The same in an hour. */
        OptionalInt callsPerHour();

        /** Requests that change items of lists, as many as Cloudflare takes in twelve hours ("Lists API"); 0 where it lifted the limit. */
        @WithDefault("30000")
        int listWritesPer12Hours();

        /** Items of lists that they may add and remove, as many as Cloudflare takes in twelve hours ("Lists API"); 0 where it lifted the limit. */
        @WithDefault("1000000")
        int listItemChangesPer12Hours();

        /** Connection timeout. */
        @WithDefault("PT2S")
        Duration connectTimeout();

        /** Timeout for an answer. */
        @WithDefault("PT10S")
        Duration answerTimeout();
    }
}
