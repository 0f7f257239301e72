// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;

/** {@code postern.gateway.digitalocean.*}. */
@ConfigMapping(prefix = "postern.gateway.digitalocean")
public interface GatewaySettings {
    /** Listen address; 0.0.0.0 for all addresses, of IPv6 as well where the machine has it. */
    @WithDefault("0.0.0.0")
    String host();

    /** The port; 0 for one that is free. */
    @WithDefault("8080")
    int port();

    /** Names and addresses that it answers to in the Host header, without ports; everything else is refused. */
    @WithDefault("localhost,127.0.0.1,[::1]")
    List<String> hosts();

    /** Its address for clients, without a slash at the end: links in answers lead there. */
    @WithDefault("http://localhost:8080")
    String publicUrl();

    /** Addresses and blocks of proxies whose X-Forwarded-For is believed. */
    Optional<List<String>> proxies();

    /** Calls that the provider takes in a minute per account; 0 for no limit. */
    @WithDefault("250")
    int callsPerMinute();

    /** Calls that the provider takes in an hour per account; 0 for no limit. */
    @WithDefault("5000")
    int callsPerHour();

    /** Percent of both that firewall changes keep for themselves. */
    @WithDefault("30")
    int reservedForFirewallsPercent();

    /** Pages of the provider, 200 items each, that one list is read through. */
    @WithDefault("100")
    int listPagesMax();

    /** Memory for bodies and answers that are read whole, of all calls together; a quarter of the heap if absent. */
    Optional<MemorySize> bodiesMemoryMax();

    /** Connections to an account's API, over all event loops. */
    @WithDefault("128")
    int connectionsMax();
}
