// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud.digitalocean;

import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.firewall.budget.CallBudget;
import dev.postern.firewall.budget.CallPermit;
import dev.postern.firewall.budget.CloudFailure;
import dev.postern.firewall.cloud.CloudFirewall;
import dev.postern.firewall.cloud.HttpAnswers;
import dev.postern.firewall.plan.FirewallContent;
import dev.postern.firewall.plan.ProviderLimits;
import dev.postern.firewall.plan.ShownFirewall;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.resteasy.reactive.RestResponse;

/** DigitalOcean's firewalls of one account, over its HTTP API. */
final class DigitalOceanFirewall implements CloudFirewall {
    private static final int PER_PAGE = 200;
    private static final int PAGES_MAX = 100;
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;

    private final DigitalOceanProvider provider;
    private final CallPermit passage;

    DigitalOceanFirewall(DigitalOceanProvider provider, CallPermit passage) {
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
    public Uni<List<ShownFirewall>> read(Collection<String> ids) {
        if (ids.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        return Uni.join().all(ids.stream().map(this::readOne).toList()).andFailFast()
            .map(shown -> shown.stream().flatMap(Optional::stream).toList());
    }

    private Uni<Optional<ShownFirewall>> readOne(String id) {
        return answer("GET firewall", DigitalOceanScopes.FIREWALL_READ, () -> provider.api().get(id), OK, NOT_FOUND)
            .map(answer -> HttpAnswers.gone(answer) ? Optional.empty()
                : Optional.of(provider.json().firewall("GET firewall", HttpAnswers.body(answer))));
    }

    @Override
    public Uni<List<ShownFirewall>> readAll(Collection<String> ids, Collection<String> names) {
        return pages(1, new ArrayList<>());
    }

    private Uni<List<ShownFirewall>> pages(int page, List<ShownFirewall> before) {
        return answer("GET firewalls", DigitalOceanScopes.FIREWALL_READ, () -> provider.api().list(PER_PAGE, page), OK).chain(answer -> {
            DigitalOceanJson.Page shown = provider.json().page("GET firewalls", HttpAnswers.body(answer));
            before.addAll(shown.firewalls());
            if (!shown.more()) {
                return Uni.createFrom().item(before);
            }
            if (page == PAGES_MAX) {
                return Uni.createFrom().failure(new CloudFailure(CloudFailure.Kind.REFUSED, "GET firewalls: more than " + PAGES_MAX + " pages",
                    Optional.empty()));
            }
            return pages(page + 1, before);
        });
    }

    @Override
    public Uni<String> create(FirewallContent content) {
        return answer("POST firewall", DigitalOceanScopes.FIREWALL_CREATE, () -> provider.api().create(DigitalOceanJson.body(content)), OK, 201, 202)
            .map(answer -> provider.json().firewall("POST firewall", HttpAnswers.body(answer)).id());
    }

    @Override
    public Uni<Void> replace(String id, FirewallContent content) {
        return answer("PUT firewall", DigitalOceanScopes.FIREWALL_UPDATE, () -> provider.api().replace(id, DigitalOceanJson.body(content)), OK)
            .replaceWithVoid();
    }

    @Override
    public Uni<Void> delete(String id) {
        return answer("DELETE firewall", DigitalOceanScopes.FIREWALL_DELETE, () -> provider.api().delete(id), 204, NOT_FOUND).replaceWithVoid();
    }

    @Override
    public Uni<Attachment> missing(Attachment attachment) {
        return provider.lookup(passage).missing(attachment);
    }

    private Uni<RestResponse<byte[]>> answer(String call, String scope, Supplier<Uni<RestResponse<byte[]>>> request, Integer... expected) {
        return passage.pass(scope, () -> HttpAnswers.expected(call, request.get().invoke(provider::readBudget), provider.answerTimeout(),
            DigitalOceanJson::reason, expected));
    }
}
