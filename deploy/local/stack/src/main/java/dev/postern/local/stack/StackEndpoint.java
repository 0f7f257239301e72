// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.stack;

import java.util.Arrays;

/** Everything of the stack that listens on a port, with the port it has unless told otherwise. */
public enum StackEndpoint {
    KAFKA("kafka", 9092),
    KAFKA_CONTROLLER("kafka-controller", 9093),
    POSTGRES("postgres", 5433),
    KEYCLOAK("keycloak", 8180),
    DIGITALOCEAN("digitalocean", 8090),
    CLOUDFLARE("cloudflare", 8091),
    GATEWAY("digitalocean-gateway", 8080),
    TOKEN_SERVICE("token-service", 8081),
    POLICY_SERVICE("policy-service", 8082),
    FIREWALL_SYNC_SERVICE("firewall-sync-service", 8083),
    AUDIT_SERVICE("audit-service", 8084),
    TOKEN_SERVICE_METRICS("token-service-metrics", 9081),
    POLICY_SERVICE_METRICS("policy-service-metrics", 9082),
    FIREWALL_SYNC_SERVICE_METRICS("firewall-sync-service-metrics", 9083),
    AUDIT_SERVICE_METRICS("audit-service-metrics", 9084);

    private static final String METRICS = "-metrics";

    private final String text;
    private final int defaultPort;

    StackEndpoint(String text, int defaultPort) {
        this.text = text;
        this.defaultPort = defaultPort;
    }

    /** The name that options, logs and tables use. */
    public String text() {
        return text;
    }

    /** Returns the place where a service shows its metrics. @throws IllegalArgumentException for what is no service */
    public static StackEndpoint metricsOf(String service) {
        return Arrays.stream(values()).filter(each -> each.text.equals(service + METRICS)).findFirst()
            .orElseThrow(() -> new IllegalArgumentException("No service of the stack: " + service));
    }

    /** Returns whether metrics are shown here. */
    public boolean isMetrics() {
        return text.endsWith(METRICS);
    }

    int defaultPort() {
        return defaultPort;
    }
}
