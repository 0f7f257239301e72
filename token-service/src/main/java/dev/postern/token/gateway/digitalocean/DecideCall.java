// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.edge.Problem;
import dev.postern.edge.StrictJson;
import dev.postern.events.SourceAddress;
import dev.postern.token.LogKeys;
import dev.postern.token.call.ApiCall;
import dev.postern.token.call.CallVerdict;
import dev.postern.token.status.LiveGrant;
import dev.postern.token.upstream.BodyMemory;
import dev.postern.token.upstream.ReadBody;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jboss.logging.Logger;

/**
 * Step 4: the verdict on the call by its grant. 400, 401, 403, 404; 502 if the provider does not show what a body would replace; 503 where too many checks
 * wait.
 *
 * @param token  looked up again after the provider was asked
 * @param budget pays for that question
 */
record DecideCall(GatewayContext context, VerifyToken token, TakeBudget budget) {
    private static final Logger LOG = Logger.getLogger(DecideCall.class);
    private static final int POINTER_SHOWN_MAX = 200;

    /** A call as the decision sees it, and the verdict. */
    private record Decided(ApiCall asked, CallVerdict verdict) {}

    /** Returns the call as it goes to the provider. */
    Future<AllowedCall> decide(GatewayCall call, RequestBody body) {
        Optional<SourceAddress> caller = call.guard().caller(context.proxies());
        if (caller.isEmpty()) {
            return Future.failedFuture(CallRefusal.of(400, "forwarded-for", "X-Forwarded-For has something that is no address."));
        }
        return call.onLoop(verdict(call, body, caller.get()))
            .compose(decided -> compared(call, decided))
            .compose(decided -> allowed(call, decided, body instanceof RequestBody.Streamed));
    }

    /** Decides here, or on a worker thread where reading the body, or compiling the grant at its first call, may take long. */
    private Future<Decided> verdict(GatewayCall call, RequestBody body, SourceAddress caller) {
        LiveGrant grant = call.grant();
        Callable<Decided> decision = () -> {
            Optional<JsonNode> tree = body instanceof RequestBody.Whole whole ? Optional.of(StrictJson.read(whole.bytes().getBytes())) : Optional.empty();
            ApiCall asked = new ApiCall(call.operation(), call.head().method(), call.found().parameters(), call.query(), tree, caller);
            return new Decided(asked, context.authorize().decide(asked, grant.grant(), call.at()));
        };
        boolean mayTakeLong = body instanceof RequestBody.Whole whole && (whole.bytes().length() > BodyChecks.SMALL_BYTES_MAX || grant.checksBodies());
        Future<Decided> decided = mayTakeLong ? context.checks().run(grant.tokenId(), decision)
            : grant.compiled() ? context.offLoop().run(0, decision) : context.offLoop().away(decision);
        return decided.recover(why -> Future.failedFuture(refusal(why)));
    }

    private static Throwable refusal(Throwable why) {
        if (why instanceof BodyChecks.Busy) {
            return CallRefusal.unavailable("Postern is busy with checks of other bodies at the moment.");
        }
        if (why instanceof Problem problem) {
            String where = problem.pointer().filter(DecideCall::isPlain).map(pointer -> "body " + TokenForm.hide(pointer) + ": ").orElse("");
            return CallRefusal.of(400, problem.rule(), where + problem.detail());
        }
        return why;
    }

    /** Returns whether a pointer can be shown as it is. */
    private static boolean isPlain(String pointer) {
        return !pointer.isEmpty() && pointer.length() <= POINTER_SHOWN_MAX && pointer.chars().allMatch(c -> c > 0x20 && c < 0x7f);
    }

    /**
     * Asks the provider what the body would replace, where the verdict is only for want of what a body could take away, and decides by what it changes. Costs
     * the account's budget one more call.
     */
    private Future<Decided> compared(GatewayCall call, Decided blind) {
        Provider provider = context.providers().get(call.grant().account());
        if (!(blind.verdict() instanceof CallVerdict.Refused no) || no.shownAt().isEmpty() || provider == null) {
            return Future.succeededFuture(blind);
        }
        BodyMemory.Lease memory = call.answer().memory();
        memory.keeps(call.head().contentLength() < 0 ? ReadBody.UP_BYTES_MAX : (int) call.head().contentLength(), 1, 1);
        String target = UpstreamTarget.of(call.operation(), call.found().parameters(), Map.of());
        return budget.take(call, provider, no.resources())
            .compose(quota -> call.onLoop(ShownRepresentation.read(context, provider, memory, target)).recover(why -> Future.failedFuture(notShown(why, no))))
            .compose(shown -> token.again(call).compose(grant -> {
                call.verified(call.token(), grant);
                return call.onLoop(context.checks().run(grant.tokenId(), () -> new Decided(blind.asked(),
                    context.authorize().decide(blind.asked(), grant.grant(), Instant.now(), shown))));
            })).recover(why -> Future.failedFuture(refusal(why)));
    }

    private static CallRefusal notShown(Throwable why, CallVerdict.Refused blind) {
        if (why instanceof ShownRepresentation.NotShown none && none.status() == 404) {
            return CallRefusal.of(404, "not-found", ErrorBodies.NOT_FOUND, blind.resources(), Map.of());
        }
        if (why instanceof BodyMemory.Full) {
            return CallRefusal.noMemory("answer");
        }
        LOG.warn("Provider read before a replacement failed; refusing the call " + LogKeys.REASON + why.getClass().getSimpleName());
        return CallRefusal.provider("The provider did not show what this call would replace.", blind.resources());
    }

    private Future<AllowedCall> allowed(GatewayCall call, Decided decided, boolean streamed) {
        if (decided.verdict() instanceof CallVerdict.Refused no) {
            return Future.failedFuture(refusal(call, no));
        }
        Provider provider = context.providers().get(call.grant().account());
        if (provider == null) {
            return Future.failedFuture(CallRefusal.unavailable("The account is not configured at this gateway."));
        }
        Map<String, List<String>> query = !BoundedExpiry.applies(call.operation()) ? call.query()
            : BoundedExpiry.of(call.query(), Duration.between(Instant.now(), call.grant().validUntil()));
        return Future.succeededFuture(new AllowedCall(new CheckedCall(call.found(), call.head(), query, decided.asked().body(), streamed), decided.verdict(),
            provider));
    }

    private static CallRefusal refusal(GatewayCall call, CallVerdict.Refused no) {
        String rule = no.rule().word();
        if (no.rule() == CallVerdict.Rule.NOT_VALID_NOW) {
            return CallRefusal.notValidNow(no.resources());
        }
        if (!call.operation().write() && !no.resources().isEmpty() && call.grant().deleted().containsAll(no.resources())) {
            // Clients poll for this answer after a delete. It needs no provider call: another client may have reused the name by now.
            return CallRefusal.deleted(rule, no.resources());
        }
        return CallRefusal.forbidden(rule, TokenForm.hide(no.message()), no.resources(), no.missingScope(), no.missingResource().map(TokenForm::hide));
    }
}
