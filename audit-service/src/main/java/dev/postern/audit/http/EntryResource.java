package dev.postern.audit.http;

import dev.postern.audit.Filter;
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
import java.util.regex.Pattern;

/** Search in the log. Who may is administered in Keycloak: resource {@code entries}. */
@Path("/entries")
@Produces(MediaType.APPLICATION_JSON)
public class EntryResource {
    private static final Pattern INDEX = Pattern.compile("0|[1-9][0-9]{0,17}");
    private static final String ORDER = "order";

    private final LogReader log;

    EntryResource(LogReader log) {
        this.log = log;
    }

    /**
     * A page of entries.
     *
     * @param items      what was found
     * @param nextCursor the cursor of the next page; absent on the last one
     */
    public record Entries(List<EntryView> items, Optional<String> nextCursor) { }

    /** Entries that have all of what is asked for, in the order of the log or backwards. */
    @GET
    public Uni<Entries> list(@Context UriInfo uri) {
        Query query = Query.of(uri, Filters.parametersAnd(ORDER, "cursor", "limit"));
        Filter filter = Filters.of(query);
        LogReader.Order order = query.choice(ORDER, LogReader.Order.class).orElse(LogReader.Order.ASC);
        Optional<Long> after = query.cursor().map(Cursor::position);
        return log.page(filter, order, after, query.limit()).map(page -> {
            List<EntryView> entries = page.entries().stream().map(EntryView::brief).toList();
            return new Entries(entries, page.more() ? Optional.of(Cursor.of(entries.get(entries.size() - 1).index(), "").encode()) : Optional.empty());
        });
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
