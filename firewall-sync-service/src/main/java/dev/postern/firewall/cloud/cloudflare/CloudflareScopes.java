// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud.cloudflare;

import dev.postern.firewall.budget.CallPermit;
import dev.postern.firewall.budget.CloudFailure;
import dev.postern.firewall.cloud.HttpAnswers;
import io.smallrye.mutiny.Uni;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.resteasy.reactive.RestResponse;

/**
 * Names the permissions that Cloudflare demands for this service's calls ("Accepted Permissions" of each operation in its API reference), and finds out
 * which of them a token has. No probe can change anything: the one that writes deletes a list that cannot exist. A token without the permission is answered
 * with 403 before the rest is judged, one with it with 404 or 400. Cloudflare also answers 403 to some tokens that are not valid, so a token that may not
 * read is verified: only an active one lacks a permission.
 */
final class CloudflareScopes {
    /** Permission of every read; {@link #EDIT} contains it. */
    static final String READ = "Account Filter Lists Read";
    /** Permission to create, fill and delete lists: Cloudflare has one for all of them. */
    static final String EDIT = "Account Filter Lists Edit";

    /** An id of the form that ids have, which no list has. */
    private static final String NO_LIST = "0".repeat(32);
    private static final String VERIFICATION = "verification of the token";
    private static final String ACTIVE = "active";
    private static final int OK = 200;
    private static final int FORBIDDEN = 403;
    private static final Integer[] ANSWERS = {OK, 400, FORBIDDEN, 404};
    private static final Integer[] VERIFICATIONS = {OK, 400, 401, FORBIDDEN, 404};

    private final CloudflareProvider provider;
    private final CallPermit passage;

    CloudflareScopes(CloudflareProvider provider, CallPermit passage) {
        this.provider = provider;
        this.passage = passage;
    }

    /** Returns for each permission whether the token has it: two calls, up to four where it may not read. Fails if the token is not active. */
    Uni<Map<String, Boolean>> probe() {
        return probe(READ, () -> provider.api().lists(provider.accountId())).call(reads -> reads ? Uni.createFrom().voidItem() : verify())
            .chain(reads -> probe(EDIT, () -> provider.api().delete(provider.accountId(), NO_LIST)).map(edits -> {
                Map<String, Boolean> granted = new LinkedHashMap<>();
                granted.put(READ, reads);
                granted.put(EDIT, edits);
                return granted;
            }));
    }

    private Uni<Boolean> probe(String permission, Supplier<Uni<RestResponse<byte[]>>> request) {
        return passage.pass(() -> answer("probe of " + permission, request, ANSWERS)).map(answer -> answer.getStatus() != FORBIDDEN);
    }

    /** A token belongs to a user or to an account; each has a call of its own, which does not know tokens of the other. */
    private Uni<Void> verify() {
        return passage.pass(() -> answer(VERIFICATION, provider.tokens()::verifyOfUser, VERIFICATIONS)
            .chain(answer -> answer.getStatus() == OK ? active(answer).replaceWith(true) : Uni.createFrom().item(false)))
            .chain(ofUser -> ofUser ? Uni.createFrom().voidItem() : passage.pass(() -> answer(VERIFICATION,
                () -> provider.tokens().verifyOfAccount(provider.accountId()), VERIFICATIONS).chain(CloudflareScopes::active)));
    }

    private static Uni<Void> active(RestResponse<byte[]> answer) {
        byte[] body = HttpAnswers.body(answer);
        String status = answer.getStatus() == OK ? CloudflareJson.tokenStatus(VERIFICATION, body) : answer.getStatus() + " " + CloudflareJson.reason(body);
        return status.equals(ACTIVE) ? Uni.createFrom().voidItem()
            : Uni.createFrom().failure(new CloudFailure(CloudFailure.Kind.CREDENTIAL, "the token is not active: " + status, Optional.empty()));
    }

    private Uni<RestResponse<byte[]>> answer(String call, Supplier<Uni<RestResponse<byte[]>>> request, Integer... expected) {
        return HttpAnswers.expected(call, request.get().invoke(provider::readBudget), provider.answerTimeout(), CloudflareJson::reason, expected);
    }
}
