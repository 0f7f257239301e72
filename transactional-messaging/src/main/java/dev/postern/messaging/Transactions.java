package dev.postern.messaging;

import dev.postern.events.Outcome;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.Function;
import org.hibernate.reactive.mutiny.Mutiny;

/** Draft. */
@ApplicationScoped
public class Transactions {
    public <T> Uni<T> decide(Function<Mutiny.Session, Uni<Outcome<T>>> decision) {
        throw new UnsupportedOperationException("draft");
    }
}
