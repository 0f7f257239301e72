package dev.postern.local.stack;

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
    AUDIT_SERVICE("audit-service", 8084);

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

    int defaultPort() {
        return defaultPort;
    }
}
