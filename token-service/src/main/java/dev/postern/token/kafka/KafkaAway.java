package dev.postern.token.kafka;

import dev.postern.edge.Dependencies;
import dev.postern.messaging.Broker;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** While Kafka does not answer, nothing is taken in that policy would not hear of. */
@ApplicationScoped
public class KafkaAway implements Dependencies {
    private final Broker broker;

    KafkaAway(Broker broker) {
        this.broker = broker;
    }

    @Override
    public List<String> away() {
        return broker.reachable() ? List.of() : List.of("Kafka");
    }
}
