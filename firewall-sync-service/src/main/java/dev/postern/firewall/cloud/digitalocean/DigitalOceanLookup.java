// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud.digitalocean;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.firewall.AccountView;
import dev.postern.firewall.AccountView.SeenDroplet;
import dev.postern.firewall.budget.CallPermit;
import dev.postern.firewall.budget.CloudFailure;
import dev.postern.firewall.cloud.HttpAnswers;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.resteasy.reactive.RestResponse;

/** Reads the account, tags and Droplets that DigitalOcean's firewalls refer to. */
final class DigitalOceanLookup {
    private static final int OK = 200;
    private static final int FORBIDDEN = 403;
    private static final int PER_PAGE = 200;
    private static final int PAGES_MAX = 25;

    private static final Collection TAGS = new Collection("GET tags", "tags", DigitalOceanScopes.TAG_READ);
    private static final Collection DROPLETS = new Collection("GET droplets", "droplets", DigitalOceanScopes.DROPLET_READ);

    /** A collection that is read page by page, and the scope that it needs. */
    private record Collection(String call, String member, String scope) {}

    private final DigitalOceanProvider provider;
    private final DigitalOceanLookupApi api;
    private final CallPermit passage;

    DigitalOceanLookup(DigitalOceanProvider provider, DigitalOceanLookupApi api, CallPermit passage) {
        this.provider = provider;
        this.api = api;
        this.passage = passage;
    }

    /** Returns the team that the credential opens, as {@code team <uuid>}; empty without the scope account:read. */
    Uni<Optional<String>> identity() {
        return passage.pass(() -> answered("GET account", api::account, OK, FORBIDDEN)).map(answer -> {
            JsonNode account = answer.getStatus() == OK ? DigitalOceanJson.read("GET account", HttpAnswers.body(answer)).path("account")
                : com.fasterxml.jackson.databind.node.MissingNode.getInstance();
            String team = account.at("/team/uuid").asText("");
            String user = account.path("uuid").asText("");
            return team.isEmpty() ? user.isEmpty() ? Optional.empty() : Optional.of("account " + user) : Optional.of("team " + team);
        });
    }

    /** Returns every tag, Droplet and firewall of the account: three calls for each 200 of them. */
    Uni<AccountView> view() {
        List<JsonNode> tags = new ArrayList<>();
        List<JsonNode> droplets = new ArrayList<>();
        return pages(TAGS, api::tags, 1, tags).chain(() -> pages(DROPLETS, api::droplets, 1, droplets))
            .chain(() -> new DigitalOceanFirewall(provider, passage).readAll(List.of(), List.of()))
            .map(firewalls -> new AccountView(tags.stream().map(tag -> tag.path("name").asText()).collect(Collectors.toSet()),
                droplets.stream().map(DigitalOceanLookup::seen).toList(), firewalls));
    }

    /** Returns what of an attachment does not exist; nothing where the credential may not read tags or Droplets. */
    Uni<Attachment> missing(Attachment attachment) {
        List<JsonNode> tags = new ArrayList<>();
        List<JsonNode> droplets = new ArrayList<>();
        Uni<Void> read = attachment.tags().isEmpty() ? Uni.createFrom().voidItem() : pages(TAGS, api::tags, 1, tags);
        return read.chain(() -> attachment.droplets().isEmpty() ? Uni.createFrom().voidItem() : pages(DROPLETS, api::droplets, 1, droplets))
            .map(done -> {
                Set<String> names = tags.stream().map(tag -> tag.path("name").asText()).collect(Collectors.toSet());
                Set<Long> ids = droplets.stream().map(droplet -> droplet.path("id").asLong()).collect(Collectors.toSet());
                return new Attachment(attachment.tags().stream().filter(tag -> !names.contains(tag)).toList(),
                    attachment.droplets().stream().filter(id -> !ids.contains(id)).toList());
            })
            .onFailure(failure -> failure instanceof CloudFailure cloud && cloud.kind() == CloudFailure.Kind.FORBIDDEN)
            .recoverWithItem(new Attachment(List.of(), List.of()));
    }

    private Uni<Void> pages(Collection of, BiFunction<Integer, Integer, Uni<RestResponse<byte[]>>> request, int page, List<JsonNode> found) {
        return passage.pass(of.scope(), () -> answered(of.call(), () -> request.apply(PER_PAGE, page), OK)).chain(answer -> {
            JsonNode list = DigitalOceanJson.read(of.call(), HttpAnswers.body(answer));
            list.path(of.member()).forEach(found::add);
            boolean more = list.at("/links/pages/next").isTextual();
            if (more && page == PAGES_MAX) {
                return Uni.createFrom().failure(new CloudFailure(CloudFailure.Kind.REFUSED, of.call() + ": more than " + PAGES_MAX + " pages",
                    Optional.empty()));
            }
            return more ? pages(of, request, page + 1, found) : Uni.createFrom().voidItem();
        });
    }

    private static SeenDroplet seen(JsonNode droplet) {
        Set<String> tags = new HashSet<>();
        droplet.path("tags").forEach(tag -> tags.add(tag.asText()));
        return new SeenDroplet(droplet.path("id").asLong(), droplet.path("name").asText("?"), tags);
    }

    private Uni<RestResponse<byte[]>> answered(String call, Supplier<Uni<RestResponse<byte[]>>> request, Integer... expected) {
        return HttpAnswers.expected(call, request.get().invoke(provider::readBudget), provider.answerTimeout(), DigitalOceanJson::reason, expected);
    }
}
