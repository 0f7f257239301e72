// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.edge.Cursor;
import dev.postern.edge.Query;
import dev.postern.events.AccountName;
import dev.postern.firewall.accounts.AccountClients;
import dev.postern.firewall.accounts.AccountClients.AccountStanding;
import dev.postern.firewall.postgres.ConditionStore;
import dev.postern.firewall.postgres.ConditionStore.Condition;
import dev.postern.firewall.postgres.ReconciliationStore;
import dev.postern.firewall.reconcile.ReconcileSettings;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Reports the difference between grants and the providers' observed state. */
@Path("/reconciliation")
@Authenticated
@Produces(MediaType.APPLICATION_JSON)
public class ReconciliationResource {
    private final ReconciliationStore store;
    private final ConditionStore conditions;
    private final AccountClients clouds;
    private final ReconcileSettings settings;

    ReconciliationResource(ReconciliationStore store, ConditionStore conditions, AccountClients clouds, ReconcileSettings settings) {
        this.store = store;
        this.conditions = conditions;
        this.clouds = clouds;
        this.settings = settings;
    }

    /** Per service: the last run and how it ended, drift, what is unsettled, and what the provider's budget has left. */
    @GET
    @Operation(summary = "How each service stands with its provider")
    public Uni<ObjectNode> get(@Context UriInfo uri) {
        Query query = Query.of(uri, "limit", "cursor");
        int limit = query.limit();
        return store.report(query.cursor().map(Cursor::id).orElse(""), limit + 1, Instant.now().minus(settings.overdueAfter()))
            .chain(found -> conditions.of(found.stream().map(ReconciliationStore.ServiceStatus::service).toList()).map(known -> {
                ObjectNode page = JsonNodeFactory.instance.objectNode();
                ArrayNode items = page.putArray("items");
                found.stream().limit(limit).forEach(standing -> items.add(json(standing, known.getOrDefault(standing.service(), Condition.NONE))
                    .put("gathering", isGathering(standing))));
                if (found.size() > limit) {
                    page.put("next_cursor", Cursor.of(0, found.get(limit - 1).service().toString()).encode());
                }
                return page;
            })).chain(page -> query.cursor().isPresent() ? Uni.createFrom().item(page) : store.objectsOfNobody().map(objects -> {
                ArrayNode nobodys = page.putArray("objects_of_nobody");
                objects.forEach(object -> nobodys.addObject().put("account", object.account().toString()).put("name", object.name()).put("id", object.id())
                    .put("seen_at", object.seenAt().toString()));
                ArrayNode accounts = page.putArray("accounts");
                clouds.standings().forEach(standing -> account(accounts.addObject(), standing));
                return page;
            }));
    }

    private void account(ObjectNode json, AccountStanding standing) {
        json.put("account", standing.account().toString()).put("credential_refused", standing.credentialRefused());
        standing.missingScopes().forEach(json.putArray("missing_scopes")::add);
        standing.scopesProbedAt().ifPresent(at -> json.put("scopes_probed_at", at.toString()));
        json.put("gathering", clouds.gathering(standing.account()));
    }

    private boolean isGathering(ReconciliationStore.ServiceStatus standing) {
        return standing.account() != null && !standing.account().isEmpty() && clouds.gathering(new AccountName(standing.account()));
    }

    private static ObjectNode json(ReconciliationStore.ServiceStatus standing, Condition condition) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("service", standing.service().toString()).put("account", standing.account());
        if (standing.lastRun() != null) {
            json.put("last_run", standing.lastRun().toString()).put("outcome", standing.outcome());
        }
        if (standing.detail() != null) {
            json.put("detail", standing.detail());
        }
        condition.failure().ifPresent(failure -> {
            ObjectNode last = json.putObject("last_failure").put("message", failure);
            condition.failedAt().ifPresent(at -> last.put("at", at.toString()));
        });
        condition.failingSince().ifPresent(since -> json.put("failing_since", since.toString()));
        json.put("wall", condition.wall().name().toLowerCase(Locale.ROOT));
        ServiceBody.warnings(json, condition.warnings());
        json.put("unsettled_openings", standing.unsettled()).put("overdue_closings", standing.overdue()).put("calls_last_hour", standing.callsLastHour());
        lines(json.putArray("drift_pending"), standing.driftPending());
        lines(json.putArray("drift"), standing.drift());
        if (standing.driftAt() != null) {
            json.put("drift_at", standing.driftAt().toString());
        }
        if (standing.budgetRemaining() != null) {
            ObjectNode budget = json.putObject("budget").put("limit", standing.budgetLimit()).put("remaining", standing.budgetRemaining());
            if (standing.budgetResetAt() != null) {
                budget.put("reset_at", standing.budgetResetAt().toString());
            }
        }
        return json;
    }

    private static void lines(ArrayNode array, List<String> lines) {
        lines.forEach(array::add);
    }
}
