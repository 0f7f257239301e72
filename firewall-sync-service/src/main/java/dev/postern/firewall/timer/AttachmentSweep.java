// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.timer;

import dev.postern.events.AccountName;
import dev.postern.events.Outcome;
import dev.postern.events.ServiceName;
import dev.postern.firewall.ProtectedService;
import dev.postern.firewall.plan.ServiceContent;
import dev.postern.firewall.postgres.ConditionStore;
import dev.postern.firewall.postgres.Ownership;
import dev.postern.firewall.postgres.ReconciliationStore;
import dev.postern.firewall.postgres.ServiceStore;
import dev.postern.firewall.reconcile.AttachmentInspection;
import dev.postern.firewall.reconcile.ConditionMetrics;
import dev.postern.messaging.Transactions;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/** Compares the attachments of this process's services with the provider now and then: tags, Droplets and base firewalls come and go. */
@ApplicationScoped
public class AttachmentSweep {
    private static final Logger LOG = Logger.getLogger(AttachmentSweep.class);
    private static final int SERVICES_MAX = 10_000;

    private final ServiceStore services;
    private final Transactions transactions;
    private final Ownership ownership;
    private final AttachmentInspection inspection;
    private final ConditionStore conditions;
    private final ConditionMetrics metrics;
    private final ReconciliationStore reconciliation;

    AttachmentSweep(ServiceStore services, Transactions transactions, Ownership ownership, AttachmentInspection inspection, ConditionStore conditions,
                    ConditionMetrics metrics, ReconciliationStore reconciliation) {
        this.services = services;
        this.transactions = transactions;
        this.ownership = ownership;
        this.inspection = inspection;
        this.conditions = conditions;
        this.metrics = metrics;
        this.reconciliation = reconciliation;
    }

    @Scheduled(every = "${postern.reconcile.attachment-sweep-every:5m}", delayed = "10s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    Uni<Void> inspect() {
        return transactions.decide(session -> services.after(session, "", SERVICES_MAX).map(Outcome::unchanged)).chain(found -> {
            Uni<Void> all = Uni.createFrom().voidItem();
            for (Map.Entry<AccountName, Map<ServiceName, ServiceContent>> account : owned(found).entrySet()) {
                all = all.chain(() -> inspection.inspectAll(account.getKey(), account.getValue()));
            }
            return all;
        }).onFailure().recoverWithUni(failure -> {
            LOG.debug("Attachment inspection failed; retrying", failure);
            return Uni.createFrom().voidItem();
        });
    }

    private Map<AccountName, Map<ServiceName, ServiceContent>> owned(List<ProtectedService> found) {
        Map<AccountName, Map<ServiceName, ServiceContent>> owned = new TreeMap<>();
        found.stream().filter(service -> ownership.owns(service.name())).forEach(service -> service.content()
            .ifPresent(content -> owned.computeIfAbsent(content.account(), none -> new TreeMap<>()).put(service.name(), content)));
        return owned;
    }

    @Scheduled(every = "5s", delayed = "5s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    Uni<Void> count() {
        return conditions.wallsMissing().invoke(metrics::wallsMissing)
            .chain(reconciliation::objectsOfNobody).invoke(objects -> metrics.objectsOfNobody(objects.size())).replaceWithVoid().onFailure().recoverWithNull();
    }
}
