// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy.postgres;

import dev.postern.events.Event;
import dev.postern.events.EventJson;
import dev.postern.events.ServiceProtected;
import dev.postern.events.Topic;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.reactive.mutiny.Mutiny;

/** The newest that is known of each protected service. Events can come late (a replayed dead letter): an older version changes nothing. */
@ApplicationScoped
public class ServiceStore {
    private static final int REMEMBERED_MAX = 1_000;
    // The inner cast makes the parameter a text; as jsonb the client would send it as a JSON string.
    private static final String KEEP_NEWEST = "insert into service as kept (name, version, event) values (?1, ?2, cast(cast(?3 as text) as jsonb))"
        + " on conflict (name) do update set version = excluded.version, event = excluded.event where kept.version < excluded.version";

    /** Cache of parsed services by their text: a service changes seldom, and is read for every decision. */
    private final Map<String, ServiceProtected> byText = new ConcurrentHashMap<>();

    /** Keeps it in the transaction of {@code session}, if it is the newest. */
    public Uni<List<Event>> keep(Mutiny.Session session, ServiceProtected service) {
        return session.createNativeQuery(KEEP_NEWEST)
            .setParameter(1, service.service().toString())
            .setParameter(2, service.version())
            .setParameter(3, new String(EventJson.write(service), StandardCharsets.UTF_8))
            .executeUpdate().replaceWith(List.of());
    }

    /** Parses the text of {@code service.event}. */
    ServiceProtected read(String text) throws EventJson.Unreadable {
        ServiceProtected known = byText.get(text);
        if (known != null) {
            return known;
        }
        ServiceProtected fresh = (ServiceProtected) EventJson.read(Topic.SERVICE_PROTECTED, text.getBytes(StandardCharsets.UTF_8));
        if (byText.size() >= REMEMBERED_MAX) {
            byText.clear();
        }
        byText.put(text, fresh);
        return fresh;
    }
}
