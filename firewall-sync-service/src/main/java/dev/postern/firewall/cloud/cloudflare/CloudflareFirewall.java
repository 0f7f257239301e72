// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud.cloudflare;

import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.ServiceName;
import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.events.SourceAddress;
import dev.postern.firewall.budget.BudgetPolicy.Urgency;
import dev.postern.firewall.budget.CallBudget;
import dev.postern.firewall.budget.CallPermit;
import dev.postern.firewall.budget.CloudFailure;
import dev.postern.firewall.cloud.CloudFirewall;
import dev.postern.firewall.cloud.HttpAnswers;
import dev.postern.firewall.cloud.cloudflare.BulkOperationQueue.Refusal;
import dev.postern.firewall.plan.Access;
import dev.postern.firewall.plan.FirewallContent;
import dev.postern.firewall.plan.FirewallRule;
import dev.postern.firewall.plan.ProviderLimits;
import dev.postern.firewall.plan.ShownFirewall;
import dev.postern.firewall.plan.ShownFirewall.Progress;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.resteasy.reactive.RestResponse;

/**
 * Cloudflare's lists of addresses of one account, over its HTTP API. What is asked of a list's items is an operation that comes to its end later; one at a
 * time in the whole account. A list tells no ports: what it lets in reaches whatever the operator's rule covers.
 */
final class CloudflareFirewall implements CloudFirewall {
    private static final Access.Ports ALL = new Access.Ports(Protocol.TCP, new PortRange(1, 65_535));
    private static final Attachment NOTHING = new Attachment(List.of(), List.of());
    private static final int PER_PAGE = 500;
    private static final int PAGES_MAX = 100;
    /** Maximum age of a cached read from which a change is planned or published. Checks come once a minute, so each of them reads. */
    private static final Duration READ_AGE_MAX = Duration.ofSeconds(50);
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;

    private final CloudflareProvider provider;
    private final Function<Urgency, CallPermit> passages;
    private final ServiceName service;
    private final Urgency urgency;
    private final KnownLists lists;

    CloudflareFirewall(CloudflareProvider provider, Function<Urgency, CallPermit> passages, ServiceName service, Urgency urgency) {
        this.provider = provider;
        this.passages = passages;
        this.service = service;
        this.urgency = urgency;
        this.lists = provider.lists();
    }

    @Override
    public ProviderLimits limits() {
        return provider.limits();
    }

    @Override
    public CallBudget budget() {
        return provider.budget();
    }

    @Override
    public Optional<Wait> waitForTurn(boolean closes) {
        return provider.queue().request(service, closes);
    }

    @Override
    public void leaveQueue() {
        provider.queue().leave(service);
    }

    @Override
    public boolean follows(String id) {
        return lists.follows(id);
    }

    @Override
    public Uni<List<ShownFirewall>> read(Collection<String> ids) {
        if (ids.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        return Uni.join().all(ids.stream().map(this::readOne).toList()).andFailFast().map(shown -> shown.stream().flatMap(Optional::stream).toList());
    }

    /**
     * Reads the items of a list, one call; its name and kind, which nobody can change, only in a check. While an operation of ours is pending, one call asks
     * how it stands, and the list is shown as it was before. What was read a moment ago is not read again where {@link #ageMax} says so.
     */
    private Uni<Optional<ShownFirewall>> readOne(String id) {
        return progress(id).chain(progress -> {
            Instant now = provider.now();
            Optional<KnownLists.Shown> known = lists.shown(id).filter(shown -> shown.readAt().plus(READ_AGE_MAX).isAfter(now));
            if (known.isPresent() && progress == Progress.PENDING) {
                return Uni.createFrom().item(known.map(shown -> with(shown.list(), progress)));
            }
            if (progress == Progress.DONE && follows(id) && known.filter(shown -> shown.at().plus(ageMax()).isAfter(now)).isPresent()) {
                return Uni.createFrom().item(known.map(KnownLists.Shown::list));
            }
            Optional<CloudflareJson.Head> head = lists.head(id);
            if (head.isPresent() && (urgency != Urgency.CHECK || provider.scarce())) {
                return shown(head.get(), progress);
            }
            return answer("GET list", CloudflareScopes.READ, look(id), () -> provider.api().list(provider.accountId(), id), OK, NOT_FOUND)
                .chain(answer -> HttpAnswers.gone(answer) ? Uni.createFrom().item(Optional.empty())
                    : shown(CloudflareJson.head("GET list", HttpAnswers.body(answer)), progress));
        });
    }

    /** Returns the maximum age of a cached read: 50 s where calls are scarce or the change must wait anyway. */
    private Duration ageMax() {
        boolean change = urgency != Urgency.CHECK;
        return provider.scarce() || change && !provider.queue().isNext(service) ? READ_AGE_MAX : Duration.ZERO;
    }

    /** A list that was not read for 50 s is read though calls are scarce: else what others do to it would stay unseen for as long as they are. */
    private Urgency look(String id) {
        boolean recent = lists.shown(id).filter(shown -> shown.readAt().plus(READ_AGE_MAX).isAfter(provider.now())).isPresent();
        return urgency == Urgency.CHECK && !recent ? Urgency.OPENING : urgency;
    }

    private static ShownFirewall with(ShownFirewall list, Progress progress) {
        return new ShownFirewall(list.id(), list.name(), list.inbound(), list.strange(), list.attachment(), progress);
    }

    /** The operation is looked at before the items: what it has completed, they show. */
    private Uni<Optional<ShownFirewall>> full(CloudflareJson.Head head) {
        return progress(head.id()).chain(progress -> shown(head, progress));
    }

    private Uni<Optional<ShownFirewall>> shown(CloudflareJson.Head head, Progress progress) {
        lists.head(head);
        Instant asked = provider.now();
        return items(head.id(), null, 1, new ArrayList<>(), new ArrayList<>(head.strange().stream().toList())).map(found -> {
            if (found.isEmpty()) {
                lists.gone(head.id());
            }
            return found.map(page -> {
                ShownFirewall list = new ShownFirewall(head.id(), head.name(), rules(page.sources()), page.strange(), NOTHING, progress);
                lists.read(with(list, Progress.DONE), asked);
                return list;
            });
        });
    }

    private static List<FirewallRule> rules(List<SourceAddress> sources) {
        return sources.isEmpty() ? List.of() : List.of(new FirewallRule(ALL, sources));
    }

    /** Returns all items of a list; empty if it is gone. */
    private Uni<Optional<CloudflareJson.Page>> items(String id, String cursor, int page, List<SourceAddress> sources, List<String> strange) {
        return answer("GET items", CloudflareScopes.READ, look(id), () -> provider.api().items(provider.accountId(), id, PER_PAGE, cursor), OK, NOT_FOUND)
            .chain(answer -> {
                if (HttpAnswers.gone(answer)) {
                    return Uni.createFrom().item(Optional.empty());
                }
                CloudflareJson.Page shown = provider.json().page("GET items", HttpAnswers.body(answer));
                sources.addAll(shown.sources());
                strange.addAll(shown.strange());
                if (shown.next().isEmpty()) {
                    return Uni.createFrom().item(Optional.of(new CloudflareJson.Page(sources, strange, Optional.empty())));
                }
                if (page == PAGES_MAX) {
                    return Uni.createFrom().failure(new CloudFailure(CloudFailure.Kind.REFUSED, "GET items: more than " + PAGES_MAX + " pages",
                        Optional.empty()));
                }
                return items(id, shown.next().get(), page + 1, sources, strange);
            });
    }

    /** Polls the pending operation. The whole account waits for its end, so the call is as urgent as a closing's. */
    private Uni<Progress> progress(String id) {
        Optional<KnownLists.Operation> pending = lists.pending(id);
        if (pending.isEmpty()) {
            return Uni.createFrom().item(Progress.DONE);
        }
        KnownLists.Operation operation = pending.get();
        return answer("GET operation", CloudflareScopes.READ, Urgency.CLOSING, () -> provider.api().operation(provider.accountId(), operation.id()), OK,
            NOT_FOUND).map(answer -> {
                boolean forgotten = HttpAnswers.gone(answer);
                String status = forgotten ? "" : CloudflareJson.operationStatus("GET operation", HttpAnswers.body(answer));
                boolean completed = status.equals("completed");
                boolean failed = status.equals("failed");
                if (!forgotten && !completed && !failed) {
                    return Progress.PENDING;
                }
                end(id, operation, completed);
                return failed ? Progress.FAILED : Progress.DONE;
            });
    }

    /**
     * A completed operation replaced the whole list, so where calls are scarce it says what the list shows, if the items themselves were read within the last
     * minute. Else they are read again: an operation can be carried out in part.
     */
    private void end(String id, KnownLists.Operation operation, boolean completed) {
        Instant now = provider.now();
        Optional<Instant> readAt = lists.shown(id).map(KnownLists.Shown::readAt).filter(at -> at.plus(READ_AGE_MAX).isAfter(now));
        if (completed && provider.scarce() && readAt.isPresent()) {
            lists.completed(id, operation, now, readAt.get());
        } else {
            lists.ended(id, operation);
        }
        provider.queue().ended(service);
    }

    @Override
    public Uni<List<ShownFirewall>> readAll(Collection<String> ids, Collection<String> names) {
        return answer("GET lists", CloudflareScopes.READ, urgency, () -> provider.api().lists(provider.accountId()), OK).chain(answer -> {
            Uni<List<ShownFirewall>> all = Uni.createFrom().item(new ArrayList<>());
            for (CloudflareJson.Head head : CloudflareJson.heads("GET lists", HttpAnswers.body(answer))) {
                Uni<Optional<ShownFirewall>> one = ids.contains(head.id()) || names.contains(head.name()) ? full(head)
                    : Uni.createFrom().item(Optional.of(new ShownFirewall(head.id(), head.name(), List.of(), List.of(), NOTHING, Progress.DONE)));
                all = all.chain(before -> one.map(shown -> {
                    shown.ifPresent(before::add);
                    return before;
                }));
            }
            return all;
        });
    }

    @Override
    public Uni<String> create(FirewallContent content) {
        return answer("POST list", CloudflareScopes.EDIT, urgency, () -> provider.api().create(provider.accountId(), CloudflareJson.newList(content.name())),
            OK, 201)
            .map(answer -> CloudflareJson.head("POST list", HttpAnswers.body(answer)).id())
            .onFailure().invoke(failure -> provider.queue().ended(service))
            .call(id -> {
                lists.made(id);
                return content.inbound().isEmpty() ? Uni.createFrom().voidItem().invoke(() -> provider.queue().ended(service)) : replace(id, content);
            });
    }

    @Override
    public Uni<Void> replace(String id, FirewallContent content) {
        for (FirewallRule rule : content.inbound()) {
            for (SourceAddress source : rule.sources()) {
                if (source.ipv6() && source.prefixBits() > limits().ipv6PrefixBitsMax()) {
                    return Uni.createFrom().failure(new CloudFailure(CloudFailure.Kind.REFUSED, "an IPv6 block narrower than /64 is not put on a list",
                        Optional.empty()));
                }
            }
        }
        List<SourceAddress> sources = content.inbound().stream().flatMap(rule -> rule.sources().stream()).distinct().toList();
        int before = lists.shown(id).map(shown -> shown.list().accesses().size()).orElse(sources.size());
        Optional<KnownLists.Operation> pending = lists.before(id);
        return answer("PUT items", CloudflareScopes.EDIT, urgency, () -> {
            lists.asking(id);
            return provider.api().replaceItems(provider.accountId(), id, CloudflareJson.items(content));
        }, OK, 201).invoke(answer -> {
            String operation = CloudflareJson.operationId("PUT items", HttpAnswers.body(answer));
            String name = lists.head(id).map(CloudflareJson.Head::name).orElse(content.name());
            lists.accepted(id, new KnownLists.Operation(operation, new ShownFirewall(id, name, rules(sources), List.of(), NOTHING, Progress.DONE)));
            provider.queue().begun(service, before + sources.size());
        }).onFailure(CloudFailure.class).transform(failure -> notBegun(id, pending, (CloudFailure) failure)).replaceWithVoid();
    }

    private CloudFailure notBegun(String id, Optional<KnownLists.Operation> pending, CloudFailure failure) {
        if (failure.kind() != CloudFailure.Kind.UNCLEAR && failure.kind() != CloudFailure.Kind.UNAVAILABLE) {
            lists.refused(id, pending);
        }
        return refused(failure);
    }

    private CloudFailure refused(CloudFailure failure) {
        boolean busy = failure.kind() == CloudFailure.Kind.BUSY;
        provider.queue().refused(service, busy ? Refusal.OTHER_PENDING : failure.keptBack() ? Refusal.KEPT_BACK : Refusal.FAILED);
        return busy ? new CloudFailure(CloudFailure.Kind.BUSY, failure.getMessage() + ": " + provider.queue().why(), Optional.empty()) : failure;
    }

    @Override
    public Uni<Void> delete(String id) {
        return answer("DELETE list", CloudflareScopes.EDIT, urgency, () -> provider.api().delete(provider.accountId(), id), OK, NOT_FOUND)
            .invoke(() -> {
                lists.deleted(id);
                provider.queue().ended(service);
            }).onFailure(CloudFailure.class).transform(failure -> refused((CloudFailure) failure)).replaceWithVoid();
    }

    private Uni<RestResponse<byte[]>> answer(String call, String scope, Urgency as, Supplier<Uni<RestResponse<byte[]>>> request, Integer... expected) {
        return passages.apply(as).pass(scope, () -> HttpAnswers.expected(call, request.get().invoke(provider::readBudget), provider.answerTimeout(),
            CloudflareJson::reason, expected)
            .onFailure(CloudFailure.class).transform(failure -> busy((CloudFailure) failure)));
    }

    /** A 429 without a time is no budget that is spent: an operation of the account is still under way. */
    private static CloudFailure busy(CloudFailure failure) {
        return failure.kind() == CloudFailure.Kind.BUDGET && failure.retryAfter().isEmpty()
            ? new CloudFailure(CloudFailure.Kind.BUSY, failure.getMessage(), Optional.empty()) : failure;
    }
}
