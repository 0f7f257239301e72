package dev.postern.messaging;

import dev.postern.events.Event;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.function.BiFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.hibernate.reactive.mutiny.Mutiny;

/** Draft. */
@ApplicationScoped
public class Deliveries {
    public <E extends Event> Uni<Void> deliver(ConsumerRecord<String, byte[]> record, String consumer, Class<E> type,
                                               BiFunction<Mutiny.Session, Received<E>, Uni<List<Event>>> effect) {
        throw new UnsupportedOperationException("draft");
    }
}
