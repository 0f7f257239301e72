// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.postgres;

import dev.postern.token.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * Which requests a list shows, newest first.
 *
 * @param owner      only requests of this {@code sub}
 * @param status     only requests of this status
 * @param onBehalfOf only requests for this customer
 * @param after      only requests behind this place of the list
 * @param limit      at most so many
 */
public record Selection(Optional<String> owner, Optional<Status> status, Optional<String> onBehalfOf, Optional<Place> after, int limit) {
    /**
     * A place in the list.
     *
     * @param requestedAt of the request there
     * @param id          of the request there
     */
    public record Place(Instant requestedAt, UUID id) {}

    Mutiny.SelectionQuery<AccessRequestRow> query(Mutiny.Session session) {
        List<String> conditions = new ArrayList<>();
        Map<String, Object> parameters = new HashMap<>();
        owner.ifPresent(subject -> {
            conditions.add("row.ownerSubject = :owner");
            parameters.put("owner", subject);
        });
        status.ifPresent(one -> {
            conditions.add("row.status = :status");
            parameters.put("status", one.wireName());
        });
        onBehalfOf.ifPresent(customer -> {
            conditions.add("row.onBehalfOf = :customer");
            parameters.put("customer", customer);
        });
        after.ifPresent(place -> {
            conditions.add("(row.requestedAt < :at or row.requestedAt = :at and row.id < :id)");
            parameters.put("at", place.requestedAt());
            parameters.put("id", place.id());
        });
        String where = conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions);
        Mutiny.SelectionQuery<AccessRequestRow> query = session.createSelectionQuery(
            "from AccessRequestRow row" + where + " order by row.requestedAt desc, row.id desc", AccessRequestRow.class);
        parameters.forEach(query::setParameter);
        return query.setMaxResults(limit);
    }
}
