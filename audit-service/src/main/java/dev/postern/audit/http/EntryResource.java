// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.http;

import dev.postern.audit.Fact;
import dev.postern.audit.Filter;
import dev.postern.audit.keycloak.People;
import dev.postern.audit.postgres.LogReader;
import dev.postern.edge.Cursor;
import dev.postern.edge.Problem;
import dev.postern.edge.Query;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Search in the log. Who may is administered in Keycloak: resource {@code entries}. */
@Path("/entries")
@Produces(MediaType.APPLICATION_JSON)
public class EntryResource {
    private static final Pattern INDEX = Pattern.compile("0|[1-9][0-9]{0,17}");
    private static final String ORDER = "order";

    private final LogReader log;
    private final People people;

    EntryResource(LogReader log, People people) {
        this.log = log;
        this.people = people;
    }

    /**
     * A page of entries.
     *
     * @param items      what was found
     * @param nextCursor the cursor of the next page; absent on the last one
     */
    public record Entries(List<EntryView> items, Optional<String> nextCursor) {}

    /** Entries that have all of what is asked for, in the order of the log or backwards. */
    @GET
    public Uni<Entries> list(@Context UriInfo uri) {
        Query query = Query.of(uri, Filters.parametersAnd(ORDER, "cursor", "limit"));
        Filter filter = Filters.of(query);
        LogReader.Order order = query.choice(ORDER, LogReader.Order.class).orElse(LogReader.Order.ASC);
        Optional<Long> after = query.cursor().map(Cursor::position);
        return withSubject(filter).chain(found -> log.page(found, order, after, query.limit())
            .call(page -> page.entries().isEmpty() ? refuseUnknown(found) : Uni.createFrom().voidItem())).map(page -> {
                List<EntryView> entries = page.entries().stream().map(EntryView::brief).toList();
                return new Entries(entries, page.more() ? Optional.of(Cursor.of(entries.get(entries.size() - 1).index(), "").encode()) : Optional.empty());
            });
    }

    /** The filter with the {@code sub} of an actor in place of a name: events carry the {@code sub} alone. */
    private Uni<Filter> withSubject(Filter filter) {
        Optional<Fact> actor = actor(filter);
        if (actor.isEmpty() || Filters.isUuid(actor.get().value())) {
            return Uni.createFrom().item(filter);
        }
        return log.knows(actor.get()).chain(known -> known ? Uni.createFrom().item(filter) : people.subject(actor.get().value()).map(subject -> {
            SortedSet<Fact> facts = new TreeSet<>(filter.facts());
            facts.remove(actor.get());
            facts.add(new Fact(Fact.Kind.ACTOR, subject.orElseThrow(() -> unknown("Keycloak knows nobody of this name, and no entry names this actor"))));
            return new Filter(facts, filter.address(), filter.from(), filter.to());
        }));
    }

    /** An empty page must not be read as "nothing happened" where no person has that name. */
    private Uni<Void> refuseUnknown(Filter filter) {
        return refuseUnless(actor(filter), unknown("no entry of the log names this actor"))
            .chain(() -> refuseUnless(first(filter, Fact.Kind.CLIENT), Problem.badRequest("unknown-client", "?client",
                "no entry of the log names this client; give its id as Keycloak has it, such as client-portal")));
    }

    private Uni<Void> refuseUnless(Optional<Fact> named, Problem refusal) {
        return named.isEmpty() ? Uni.createFrom().voidItem() : log.knows(named.get()).invoke(known -> {
            if (!known) {
                throw refusal;
            }
        }).replaceWithVoid();
    }

    private static Optional<Fact> actor(Filter filter) {
        return first(filter, Fact.Kind.ACTOR);
    }

    private static Optional<Fact> first(Filter filter, Fact.Kind kind) {
        return filter.facts().stream().filter(fact -> fact.kind() == kind).findFirst();
    }

    private static Problem unknown(String why) {
        return Problem.badRequest("unknown-actor", "?actor", why + "; give the username of a person, the id of a client, or the sub of an access token");
    }

    /** One entry, with all that its leaf binds. */
    @GET
    @Path("/{index}")
    public Uni<EntryView> entry(@PathParam("index") String index, @Context UriInfo uri) {
        Query.of(uri);
        if (!INDEX.matcher(index).matches()) {
            throw Problem.notFound("entry");
        }
        return log.entry(Long.parseLong(index)).map(found -> found.map(EntryView::full).orElseThrow(() -> Problem.notFound("entry")));
    }
}
