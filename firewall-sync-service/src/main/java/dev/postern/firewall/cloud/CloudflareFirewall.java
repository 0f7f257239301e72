package dev.postern.firewall.cloud;

import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.events.SourceAddress;
import dev.postern.firewall.Access;
import dev.postern.firewall.FirewallContent;
import dev.postern.firewall.FirewallRule;
import dev.postern.firewall.ProviderLimits;
import dev.postern.firewall.ShownFirewall;
import dev.postern.firewall.ShownFirewall.Progress;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
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
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;

    private final CloudflareProvider provider;
    private final Passage passage;

    CloudflareFirewall(CloudflareProvider provider, Passage passage) {
        this.provider = provider;
        this.passage = passage;
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
    public boolean follows(String id) {
        return provider.operations().containsKey(id);
    }

    @Override
    public Uni<List<ShownFirewall>> read(Collection<String> ids) {
        if (ids.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        return Uni.join().all(ids.stream().map(this::readOne).toList()).andFailFast().map(shown -> shown.stream().flatMap(Optional::stream).toList());
    }

    private Uni<Optional<ShownFirewall>> readOne(String id) {
        return answer("GET list", () -> provider.api().list(provider.accountId(), id), OK, NOT_FOUND).chain(answer ->
            answer.getStatus() == NOT_FOUND ? Uni.createFrom().item(Optional.empty())
                : full(CloudflareJson.head("GET list", HttpAnswers.body(answer))).map(Optional::of));
    }

    /** The operation is looked at before the items: what it has completed, they show. */
    private Uni<ShownFirewall> full(CloudflareJson.Head head) {
        return progress(head.id()).chain(progress -> items(head.id(), null, 1, new ArrayList<>(), new ArrayList<>(head.strange().stream().toList()))
            .map(page -> new ShownFirewall(head.id(), head.name(), page.sources().isEmpty() ? List.of() : List.of(new FirewallRule(ALL, page.sources())),
                page.strange(), NOTHING, progress)));
    }

    private Uni<CloudflareJson.Page> items(String id, String cursor, int page, List<SourceAddress> sources, List<String> strange) {
        return answer("GET items", () -> provider.api().items(provider.accountId(), id, PER_PAGE, cursor), OK).chain(answer -> {
            CloudflareJson.Page shown = provider.json().page("GET items", HttpAnswers.body(answer));
            sources.addAll(shown.sources());
            strange.addAll(shown.strange());
            if (shown.next().isEmpty()) {
                return Uni.createFrom().item(new CloudflareJson.Page(sources, strange, Optional.empty()));
            }
            if (page == PAGES_MAX) {
                return Uni.createFrom().failure(new CloudFailure(CloudFailure.Kind.REFUSED, "GET items: more than " + PAGES_MAX + " pages",
                    Optional.empty()));
            }
            return items(id, shown.next().get(), page + 1, sources, strange);
        });
    }

    private Uni<Progress> progress(String id) {
        Optional<String> operation = provider.operations().getOrDefault(id, Optional.empty());
        if (operation.isEmpty()) {
            return Uni.createFrom().item(Progress.DONE);
        }
        return answer("GET operation", () -> provider.api().operation(provider.accountId(), operation.get()), OK, NOT_FOUND).map(answer -> {
            String status = answer.getStatus() == NOT_FOUND ? "completed" : CloudflareJson.operationStatus("GET operation", HttpAnswers.body(answer));
            if (!status.equals("completed") && !status.equals("failed")) {
                return Progress.PENDING;
            }
            provider.operations().replace(id, operation, Optional.empty());
            return status.equals("failed") ? Progress.FAILED : Progress.DONE;
        });
    }

    @Override
    public Uni<List<ShownFirewall>> readAll(Collection<String> ids, Collection<String> names) {
        return answer("GET lists", () -> provider.api().lists(provider.accountId()), OK).chain(answer -> {
            Uni<List<ShownFirewall>> all = Uni.createFrom().item(new ArrayList<>());
            for (CloudflareJson.Head head : CloudflareJson.heads("GET lists", HttpAnswers.body(answer))) {
                Uni<ShownFirewall> one = ids.contains(head.id()) || names.contains(head.name()) ? full(head)
                    : Uni.createFrom().item(new ShownFirewall(head.id(), head.name(), List.of(), List.of(), NOTHING, Progress.DONE));
                all = all.chain(before -> one.map(shown -> {
                    before.add(shown);
                    return before;
                }));
            }
            return all;
        });
    }

    @Override
    public Uni<String> create(FirewallContent content) {
        return answer("POST list", () -> provider.api().create(provider.accountId(), CloudflareJson.newList(content.name())), OK, 201)
            .map(answer -> CloudflareJson.head("POST list", HttpAnswers.body(answer)).id())
            .call(id -> content.inbound().isEmpty() ? known(id) : replace(id, content));
    }

    private Uni<Void> known(String id) {
        provider.operations().put(id, Optional.empty());
        return Uni.createFrom().voidItem();
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
        return answer("PUT items", () -> {
            provider.operations().remove(id); // until the answer says which operation it became, nobody knows how it ends
            return provider.api().replaceItems(provider.accountId(), id, CloudflareJson.items(content));
        }, OK, 201).invoke(answer -> provider.operations().put(id, Optional.of(CloudflareJson.operationId("PUT items", HttpAnswers.body(answer)))))
            .replaceWithVoid();
    }

    @Override
    public Uni<Void> delete(String id) {
        return answer("DELETE list", () -> provider.api().delete(provider.accountId(), id), OK, NOT_FOUND)
            .invoke(() -> provider.operations().remove(id)).replaceWithVoid();
    }

    private Uni<RestResponse<byte[]>> answer(String call, Supplier<Uni<RestResponse<byte[]>>> request, Integer... expected) {
        return passage.pass(() -> HttpAnswers.expected(call, request.get().invoke(provider::readBudget), provider.answerTimeout(),
            CloudflareJson::reason, expected)
            .onFailure(CloudFailure.class).transform(failure -> busy((CloudFailure) failure)));
    }

    /** A 429 without a time is no budget that is spent: an operation of the account is still under way. */
    private static CloudFailure busy(CloudFailure failure) {
        return failure.kind() == CloudFailure.Kind.BUDGET && failure.retryAfter().isEmpty()
            ? new CloudFailure(CloudFailure.Kind.BUSY, failure.getMessage(), Optional.empty()) : failure;
    }
}
