// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.actors;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.UUID;

/** Protects services, and watches what becomes of them. */
public final class Operator {
    private static final Duration KNOWN_WITHIN = Duration.ofSeconds(60);
    private final Caller caller;
    private final String firewallService;

    /** An operator who calls firewall-sync-service at a base URL. */
    public Operator(Caller caller, String firewallService) {
        this.caller = caller;
        this.firewallService = firewallService;
    }

    /** Protects a service of account acme that is attached by a tag. */
    public void protect(String service, String tag, String port) {
        caller.put(firewallService + "/services/" + service, "application/json", """
            {"account": "acme", "attachment": {"tags": ["%s"]}, "ports": [{"protocol": "tcp", "ports": "%s"}]}""".formatted(tag, port)).expect(200, 201);
    }

    /** Protects a service of account edge, which is at Cloudflare: a list for the operator's own rule. */
    public void protectAtTheEdge(String service, String port) {
        caller.put(firewallService + "/services/" + service, "application/json", """
            {"account": "edge", "attachment": {}, "ports": [{"protocol": "tcp", "ports": "%s"}]}""".formatted(port)).expect(200, 201);
    }

    /**
     * Waits until policy knows a service just protected: asks for it until it is granted. (What tells policy travels beside the requests: a request that
     * comes first is denied, as one for any unknown service.)
     */
    public void awaitKnown(ClientPortal portal, String account, String service, String port, String probeSource) {
        await().atMost(KNOWN_WITHIN).until(() -> {
            UUID probe = UUID.randomUUID();
            ServiceResponse answer = portal.ask(ClientPortal.opening(probe, account, service, port, probeSource, Duration.ofMinutes(5)), "prefer", "wait=20");
            boolean granted = "granted".equals(answer.json().path("status").asText());
            if (granted) {
                portal.end(probe).expect(204);
            }
            return granted;
        });
    }

    /** The same for a service of account acme. */
    public void awaitKnown(ClientPortal portal, String service, String port, String probeSource) {
        awaitKnown(portal, "acme", service, port, probeSource);
    }
}
