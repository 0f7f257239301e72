// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.AccountName;
import dev.postern.events.ServiceName;
import dev.postern.firewall.AccountView;
import dev.postern.firewall.AttachmentReport;
import dev.postern.firewall.AttachmentReport.Warning;
import dev.postern.firewall.accounts.AccountClients;
import dev.postern.firewall.budget.CloudFailure;
import dev.postern.firewall.plan.ServiceContent;
import dev.postern.firewall.postgres.ConditionStore;
import dev.postern.firewall.postgres.ConditionStore.Wall;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Compares attachments with what the provider shows around its firewalls, and stores the warnings. */
@ApplicationScoped
public class AttachmentInspection {
    private static final Duration WAIT_MAX = Duration.ofSeconds(4);

    private final AccountClients clouds;
    private final ConditionStore conditions;

    AttachmentInspection(AccountClients clouds, ConditionStore conditions) {
        this.clouds = clouds;
        this.conditions = conditions;
    }

    /** Returns the warnings of one service; one of them, {@code not-inspected}, where the provider could not be asked. Never fails. */
    public Uni<List<Warning>> inspect(ServiceName service, ServiceContent content) {
        return clouds.view(content.account(), service).ifNoItem().after(WAIT_MAX).fail().chain(view -> store(service, content, view))
            .onFailure().recoverWithUni(failure -> unknown(service, failure));
    }

    /** Notes whether the operator accepts that a Droplet of the service has no firewall but Postern's. */
    public Uni<Void> withoutBaseFirewall(ServiceName service, boolean accepted) {
        return conditions.withoutBaseFirewall(service, accepted);
    }

    /** Inspects services of one account with one reading of it. Never fails. @param services at least one */
    public Uni<Void> inspectAll(AccountName account, Map<ServiceName, ServiceContent> services) {
        return clouds.view(account, services.keySet().iterator().next()).chain(view -> {
            Uni<Void> all = Uni.createFrom().voidItem();
            for (Map.Entry<ServiceName, ServiceContent> service : services.entrySet()) {
                all = all.chain(() -> store(service.getKey(), service.getValue(), view).replaceWithVoid());
            }
            return all;
        }).onFailure().recoverWithUni(failure -> {
            Uni<Void> all = Uni.createFrom().voidItem();
            for (ServiceName service : services.keySet()) {
                all = all.chain(() -> unknown(service, failure).replaceWithVoid());
            }
            return all;
        });
    }

    private Uni<List<Warning>> store(ServiceName service, ServiceContent content, Optional<AccountView> view) {
        AttachmentReport report = view.map(seen -> AttachmentReport.of(content.attachment(), seen)).orElse(AttachmentReport.NOTHING);
        List<Warning> warnings = report.warnings(content.attachment());
        Wall wall = report.withoutWall().isEmpty() ? Wall.PRESENT : Wall.MISSING;
        return conditions.inspected(service, wall, warnings, report.reached(), Instant.now()).replaceWith(warnings);
    }

    private Uni<List<Warning>> unknown(ServiceName service, Throwable failure) {
        List<Warning> warnings = List.of(new Warning("not-inspected", "/attachment", "the provider could not be asked whether tags, Droplets and "
            + "base firewalls exist: " + (failure instanceof CloudFailure ? failure.getMessage() : failure.getClass().getSimpleName())));
        return conditions.inspected(service, Wall.UNKNOWN, warnings, Set.of(), Instant.now()).replaceWith(warnings).onFailure().recoverWithItem(warnings);
    }
}
