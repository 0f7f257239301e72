package dev.postern.token.gateway.digitalocean;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.edge.Problem;
import dev.postern.edge.StrictJson;
import dev.postern.events.ResourceName;
import dev.postern.events.SourceAddress;
import dev.postern.token.LogKeys;
import dev.postern.token.TokenSecret;
import dev.postern.token.call.ApiCall;
import dev.postern.token.call.CallVerdict;
import dev.postern.token.call.GrantEntry;
import dev.postern.token.gateway.digitalocean.CallOutcomes.Outcome;
import dev.postern.token.http1.MediaTypes;
import dev.postern.token.http1.RequestHead;
import dev.postern.token.http1.StrictHttpGuard;
import dev.postern.token.operation.Match;
import dev.postern.token.operation.Operation;
import dev.postern.token.operation.Place;
import dev.postern.token.port.BudgetBook;
import dev.postern.token.port.CallJournal;
import dev.postern.token.port.CallLimits;
import dev.postern.token.status.LiveGrant;
import dev.postern.token.status.TokenState;
import dev.postern.token.upstream.BodyMemory;
import dev.postern.token.upstream.RateLimitHeaders;
import dev.postern.token.upstream.ReadBody;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Handles one call from its head to the decision: token, operation, body, verdict, limits and budget. A call that ends in any of these steps has sent
 * nothing to the provider. Runs on one event loop.
 */
final class CallHandler {
    private static final Logger LOG = Logger.getLogger(CallHandler.class);
    /** Prefix of a JWT access token of the realm: a JSON object in base64url. */
    private static final String JWT = "eyJ";
    private static final int POINTER_SHOWN_MAX = 200;

    private final GatewayContext desk;
    private final Vertx vertx;
    private final Context context;
    private final HttpServerRequest request;
    private final StrictHttpGuard front;
    private final RequestHead head;
    private final ClientAnswer answer;
    private final Instant at = Instant.now();
    private Optional<TokenSecret> token = Optional.empty();
    private LiveGrant grant;
    private Match.Found found;
    private Map<String, List<String>> query;

    CallHandler(GatewayContext desk, Vertx vertx, HttpServerRequest request, StrictHttpGuard front) {
        this.desk = desk;
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.request = request;
        this.front = front;
        this.head = front.head();
        this.answer = new ClientAnswer(request, front, desk.publicUrl(), desk.memory().lease());
    }

    void begin() {
        if (head.hasBody()) {
            request.pause();
        }
        List<String> segments = head.target().segments();
        if (segments.size() == 2 && segments.get(0).equals("problems") && head.method().equals("GET") && !head.hasBody()) {
            ProblemDocuments.of(segments.get(1)).ifPresentOrElse(document -> {
                answer.response().putHeader("content-type", Problem.MEDIA_TYPE);
                answer.finish(Buffer.buffer(document));
            }, () -> answer.refuse(404, "no-such-rule", ErrorBodies.NOT_FOUND));
            return;
        }
        token = TokenSecret.read(bearer());
        if (token.isEmpty()) {
            recognised(new TokenState.NotAToken());
        } else {
            then(desk.truth().ofToken(token.get()), state -> recognised(state.result()));
        }
    }

    /** The text behind {@code Bearer} and at least one blank (RFC 9110 section 11.4), null if there is none. */
    private String bearer() {
        String authorization = head.authorization();
        if (authorization == null || !authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return null;
        }
        int at = 7;
        while (at < authorization.length() && authorization.charAt(at) == ' ') {
            at++;
        }
        return authorization.substring(at);
    }

    private void recognised(TokenState state) {
        if (state instanceof TokenState.Live live) {
            grant = live.grant();
            answer.memory().belongsTo(grant.tokenId(), grant.owner());
            match();
        } else if (state instanceof TokenState.Unavailable) {
            desk.outcomes().count(Outcome.UNAVAILABLE);
            answer.unavailable("Postern cannot check tokens at the moment.");
        } else {
            desk.outcomes().count(Outcome.UNAUTHORIZED);
            String bearer = token.isPresent() ? null : bearer();
            answer.refuse(401, "unauthorized", bearer != null && bearer.startsWith(JWT) ? ErrorBodies.REALM_TOKEN : ErrorBodies.UNAUTHORIZED,
                Map.of("www-authenticate", "Bearer"));
        }
    }

    private void match() {
        Match match = desk.operations().match(head.method(), head.target().segments());
        if (match instanceof Match.MethodNotAllowed other) {
            refused(405, "method-not-allowed", "The method is not allowed here.", List.of(), Map.of("allow", String.join(", ", other.allowed())));
        } else if (match instanceof Match.Found one) {
            found = one;
            query = QueryParameters.of(head.target().query(), one.operation());
            if (query == null) {
                refused(400, "duplicate-parameter", "A query parameter stands there twice.", List.of(), Map.of());
            } else {
                body();
            }
        } else {
            refused(404, "no-such-operation", ErrorBodies.NOT_FOUND, List.of(), Map.of());
        }
    }

    private void body() {
        if (!head.hasBody()) {
            decide(false);
        } else if (!found.operation().takesBody()) {
            silentBody();
        } else if (!MediaTypes.isPlainJson(head)) {
            refused(415, "media-type", "The body must be application/json in UTF-8, and not compressed.", List.of(), Map.of("accept", "application/json"));
        } else if (head.contentLength() > ReadBody.UP_BYTES_MAX && isUnchecked()) {
            decide(true);
        } else if (head.contentLength() > ReadBody.UP_BYTES_MAX) {
            refused(413, "large-body", "The body of this call is checked, and may have 1 MiB.", List.of(), Map.of());
        } else {
            read(ReadBody.UP_BYTES_MAX, this::bodyRead);
        }
    }

    /** A body where none belongs is read to its end, and dropped if it says nothing. */
    private void silentBody() {
        if (head.contentLength() > SilentBody.BYTES_MAX) {
            unexpectedBody();
            return;
        }
        read(SilentBody.BYTES_MAX, came -> {
            if (came.cause() instanceof ReadBody.TooLarge || came.succeeded() && !SilentBody.is(came.result().getBytes())) {
                unexpectedBody();
            } else if (hasCome(came)) {
                decide(false);
            }
        });
    }

    private void unexpectedBody() {
        refused(400, CallVerdict.Rule.UNEXPECTED_BODY.word(), "No body belongs to this call; send none, or {}.", List.of(), Map.of());
    }

    private void read(int most, Handler<AsyncResult<Buffer>> next) {
        front.onBadBody(refusal -> refused(refusal.status(), refusal.rule(), refusal.message(), List.of(), Map.of()));
        if (head.expectsContinue()) {
            answer.response().writeContinue();
        }
        then(ReadBody.up(vertx, request, most, answer.memory()), came -> {
            front.onBadBody(null);
            next.handle(came);
        });
    }

    /** Returns true if the body needs no check: the operation names no resource in it, and no entry of the grant has a schema for it. */
    private boolean isUnchecked() {
        Operation operation = found.operation();
        return operation.places().stream().noneMatch(place -> place.in() == Place.In.BODY) && operation.parts().isEmpty()
            && !grant.checksBodies();
    }

    private void bodyRead(AsyncResult<Buffer> read) {
        if (read.cause() instanceof ReadBody.TooLarge) {
            int status = isUnchecked() ? 411 : 413;
            refused(status, "large-body", "The body of this call may have 1 MiB" + (status == 411 ? " unless Content-Length says how long it is." : "."),
                List.of(), Map.of());
        } else if (!hasCome(read)) {
            return;
        } else if (SilentBody.isNoBody(read.result().getBytes())) {
            decide(false);
        } else if (head.header("content-type") == null) {
            refused(415, "media-type", "The body must be application/json in UTF-8.", List.of(), Map.of("accept", "application/json"));
        } else if (!answer.memory().parsed(read.result().length())) {
            noMemory();
        } else {
            Optional<SourceAddress> caller = front.caller(desk.proxies());
            boolean mayTakeLong = read.result().length() > BodyChecks.SMALL_BYTES_MAX || grant.checksBodies();
            judge(mayTakeLong, () -> judged(read.result(), caller), false);
        }
    }

    /** Goes on with the result of a check on a worker thread. */
    private <T> void checked(AsyncResult<T> done, Consumer<T> next) {
        if (done.failed() && done.cause() instanceof BodyChecks.Busy) {
            desk.outcomes().count(Outcome.UNAVAILABLE);
            answer.unavailable("Postern is busy with checks of other bodies at the moment.");
        } else if (done.failed()) {
            throw new IllegalStateException(done.cause());
        } else {
            next.accept(done.result());
        }
    }

    /** Returns whether a body came; if not, the call is answered here. */
    private boolean hasCome(AsyncResult<Buffer> read) {
        if (read.succeeded()) {
            return true;
        }
        if (read.cause() instanceof ReadBody.TooSlow) {
            refused(408, "slow-body", "The body did not come in time.", List.of(), Map.of());
        } else if (read.cause() instanceof BodyMemory.Full) {
            noMemory();
        } else {
            answer.breakOff();
        }
        return false;
    }

    private void noMemory() {
        desk.outcomes().count(Outcome.UNAVAILABLE);
        answer.unavailable("Postern has no memory for the body at the moment.");
    }

    /**
     * The result of judging a call: either a problem or a verdict.
     *
     * @param problem of a body that is no strict JSON
     */
    private record Judged(Optional<ApiCall> asked, Optional<Problem> problem, Optional<CallVerdict> verdict) { }

    /** Reads a body and decides; on a worker thread where that may take long. */
    private Judged judged(Buffer bytes, Optional<SourceAddress> caller) {
        try {
            return judged(Optional.of(StrictJson.read(bytes.getBytes())), caller);
        } catch (Problem problem) {
            return new Judged(Optional.empty(), Optional.of(problem), Optional.empty());
        }
    }

    private Judged judged(Optional<JsonNode> body, Optional<SourceAddress> caller) {
        if (caller.isEmpty()) {
            Problem problem = new Problem(400, "forwarded-for", "X-Forwarded-For has something that is no address.");
            return new Judged(Optional.empty(), Optional.of(problem), Optional.empty());
        }
        ApiCall asked = new ApiCall(found.operation(), head.method(), found.parameters(), query, body, caller.get());
        return new Judged(Optional.of(asked), Optional.empty(), Optional.of(desk.authorize().decide(asked, grant.grant(), at)));
    }

    /** Decides on a call without a body that is looked at. */
    private void decide(boolean streamed) {
        Optional<SourceAddress> caller = front.caller(desk.proxies());
        judge(false, () -> judged(Optional.empty(), caller), streamed);
    }

    /** Decides here, or on a worker thread: there also where the grant is compiled, at its first call. */
    private void judge(boolean mayTakeLong, Callable<Judged> judging, boolean streamed) {
        Future<Judged> judged = mayTakeLong ? desk.checks().run(grant.tokenId(), judging)
            : grant.compiled() ? desk.offLoop().run(0, judging) : desk.offLoop().away(judging);
        then(judged, done -> checked(done, result -> decided(result, streamed)));
    }

    private void decided(Judged judged, boolean streamed) {
        if (judged.problem().isPresent()) {
            Problem problem = judged.problem().get();
            String where = problem.pointer().filter(CallHandler::isPlain).map(pointer -> "body " + TokenForm.hide(pointer) + ": ").orElse("");
            refused(400, problem.rule(), where + problem.detail(), List.of(), Map.of());
            return;
        }
        ApiCall asked = judged.asked().orElseThrow();
        CallVerdict verdict = judged.verdict().orElseThrow();
        CheckedCall checked = new CheckedCall(found, head, query, asked.body(), streamed);
        Provider provider = desk.providers().get(grant.account());
        if (verdict instanceof CallVerdict.Refused no && no.shownAt().isPresent() && provider != null) {
            compare(provider, asked, checked, no);
        } else {
            decided(checked, verdict);
        }
    }

    /** Returns whether a pointer can be shown as it is. */
    private static boolean isPlain(String pointer) {
        return !pointer.isEmpty() && pointer.length() <= POINTER_SHOWN_MAX && pointer.chars().allMatch(c -> c > 0x20 && c < 0x7f);
    }

    /** Asks the provider what the body would replace, and decides by what it changes. Counts as one more call of the account's budget. */
    private void compare(Provider provider, ApiCall asked, CheckedCall checked, CallVerdict.Refused blind) {
        answer.memory().keeps(head.contentLength() < 0 ? ReadBody.UP_BYTES_MAX : (int) head.contentLength(), 1, 1);
        then(provider.take(grant), taken -> {
            if (taken.result() instanceof BudgetBook.Spent spent) {
                overBudget(spent, blind.resources());
            } else if (taken.result() instanceof BudgetBook.Taken) {
                String target = UpstreamTarget.of(found.operation(), found.parameters(), Map.of());
                then(ShownRepresentation.read(desk, provider, answer.memory(), target), shown -> shown(asked, checked, blind, shown));
            } else {
                uncounted();
            }
        });
    }

    private void shown(ApiCall asked, CheckedCall checked, CallVerdict.Refused blind, AsyncResult<JsonNode> shown) {
        if (shown.succeeded()) {
            // The token may have been revoked while the provider was asked.
            then(desk.truth().ofToken(token.orElseThrow()), state -> {
                if (state.result() instanceof TokenState.Live live) {
                    grant = live.grant();
                    then(desk.checks().run(grant.tokenId(), () -> desk.authorize().decide(asked, grant.grant(), Instant.now(), shown.result())),
                        done -> checked(done, verdict -> decided(checked, verdict)));
                } else {
                    recognised(state.result());
                }
            });
        } else if (shown.cause() instanceof ShownRepresentation.NotShown none && none.status() == 404) {
            refused(404, "not-found", ErrorBodies.NOT_FOUND, blind.resources(), Map.of());
        } else if (shown.cause() instanceof BodyMemory.Full) {
            desk.outcomes().count(Outcome.UNAVAILABLE);
            answer.unavailable("Postern has no memory for the answer at the moment.");
        } else {
            LOG.warn("Provider read before a replacement failed; refusing the call " + LogKeys.REASON + shown.cause().getClass().getSimpleName());
            desk.outcomes().count(Outcome.PROVIDER_FAILED);
            recordQuietly(502, "provider", blind.resources(), () -> answer.refuse(502, "provider", "The provider did not show what this call would replace."));
        }
    }

    private void decided(CheckedCall checked, CallVerdict verdict) {
        if (verdict instanceof CallVerdict.Refused no) {
            refused(no);
            return;
        }
        if (BoundedExpiry.applies(found.operation())) {
            Map<String, List<String>> bounded = BoundedExpiry.of(query, Duration.between(Instant.now(), grant.validUntil()));
            allowed(new CheckedCall(found, head, bounded, checked.body(), checked.streamed()), verdict);
            return;
        }
        allowed(checked, verdict);
    }

    private void allowed(CheckedCall checked, CallVerdict verdict) {
        List<GrantEntry> counted = verdict instanceof CallVerdict.Allowed yes ? yes.counted() : ((CallVerdict.AllowedFiltered) verdict).counted();
        Provider provider = desk.providers().get(grant.account());
        if (provider == null) {
            desk.outcomes().count(Outcome.UNAVAILABLE);
            answer.unavailable("The account is not configured at this gateway.");
        } else if (counted.isEmpty()) {
            charge(provider, checked, verdict);
        } else {
            then(desk.limits().take(grant, counted), taken -> limited(taken.result(), provider, checked, verdict));
        }
    }

    private void limited(CallLimits.Answer taken, Provider provider, CheckedCall checked, CallVerdict verdict) {
        if (taken instanceof CallLimits.Taken) {
            charge(provider, checked, verdict);
        } else if (taken instanceof CallLimits.UsedUp usedUp && usedUp.forGood()) {
            record(403, ProblemDocuments.MAX_CALLS, verdict.resources(),
                () -> answer.forbid(ProblemDocuments.MAX_CALLS, "The calls that the token allows are used up.", Optional.empty(), Optional.empty()));
        } else if (taken instanceof CallLimits.UsedUp usedUp) {
            long seconds = Math.max(1, Duration.between(Instant.now(), usedUp.retryAt()).toSeconds() + 1);
            refused(429, "max-calls-per-minute", "The calls that the token allows in a minute are used up.", verdict.resources(),
                Map.of("retry-after", Long.toString(seconds)));
        } else {
            uncounted();
        }
    }

    private void charge(Provider provider, CheckedCall checked, CallVerdict verdict) {
        then(provider.take(grant), taken -> {
            if (taken.result() instanceof BudgetBook.Spent spent) {
                overBudget(spent, verdict.resources());
            } else if (taken.result() instanceof BudgetBook.Taken one) {
                forward(provider, checked, verdict, one.quota());
            } else {
                uncounted();
            }
        });
    }

    private void overBudget(BudgetBook.Spent spent, List<ResourceName> resources) {
        desk.outcomes().count(Outcome.OVER_BUDGET);
        recordQuietly(429, "over-budget", resources, () -> answer.refuse(429, "over-budget", RateLimitHeaders.message(spent), RateLimitHeaders.of(spent)));
    }

    private void forward(Provider provider, CheckedCall checked, CallVerdict verdict, Optional<BudgetBook.Quota> quota) {
        CallJournal.Call call = call(verdict.resources());
        UpstreamCall forwarding = new UpstreamCall(desk, provider, request, front, answer, call, checked, verdict, quota, token.orElseThrow());
        if (checked.operation().write()) {
            then(desk.journal().begins(call), begun -> {
                if (begun.failed()) {
                    unrecorded();
                } else {
                    forwarding.send();
                }
            });
        } else {
            forwarding.send();
        }
    }

    private void refused(CallVerdict.Refused no) {
        String rule = no.rule().word();
        if (no.rule() == CallVerdict.Rule.NOT_VALID_NOW) {
            record(401, rule, no.resources(), () -> answer.refuse(401, rule, ErrorBodies.UNAUTHORIZED, Map.of("www-authenticate", "Bearer")));
        } else if (!found.operation().write() && !no.resources().isEmpty() && grant.deleted().containsAll(no.resources())) {
            // Clients poll for this answer after a delete. It needs no provider call: another client may have reused the name by now.
            record(404, rule, no.resources(), () -> answer.refuse(404, "not-found", ErrorBodies.NOT_FOUND));
        } else {
            record(403, rule, no.resources(), () -> answer.forbid(rule, TokenForm.hide(no.message()), no.missingScope(),
                no.missingResource().map(TokenForm::hide)));
        }
    }

    private void refused(int status, String rule, String message, List<ResourceName> resources, Map<String, String> headers) {
        record(status, rule, resources, () -> answer.refuse(status, rule, message, headers));
    }

    private void record(int status, String rule, List<ResourceName> resources, Runnable then) {
        desk.outcomes().count(Outcome.REFUSED);
        recordQuietly(status, rule, resources, then);
    }

    /** A refusal is on record before the client hears of it. */
    private void recordQuietly(int status, String rule, List<ResourceName> resources, Runnable then) {
        then(desk.journal().refused(call(resources), status, rule), recorded -> {
            if (recorded.failed()) {
                unrecorded();
            } else {
                then.run();
            }
        });
    }

    private void uncounted() {
        desk.outcomes().count(Outcome.UNAVAILABLE);
        answer.unavailable("Postern cannot count calls at the moment.");
    }

    private void unrecorded() {
        desk.outcomes().count(Outcome.UNAVAILABLE);
        answer.unavailable("Postern cannot record calls at the moment.");
    }

    private CallJournal.Call call(List<ResourceName> resources) {
        Optional<ResourceName> deletes = Optional.ofNullable(found).flatMap(one -> one.operation().deletes())
            .flatMap(place -> resources.stream().filter(resource -> resource.type().equals("do:" + place.type())).findFirst());
        return new CallJournal.Call(answer.id(), grant, Optional.ofNullable(found).map(one -> one.operation().id()), TokenForm.hide(resources), at, deletes);
    }

    /** Goes on at once if there is an answer, else on this call's event loop when there is. */
    private <T> void then(Future<T> future, Handler<AsyncResult<T>> next) {
        if (future.isComplete()) {
            guarded(future, next);
        } else {
            future.onComplete(done -> context.runOnContext(here -> guarded(done, next)));
        }
    }

    private <T> void guarded(AsyncResult<T> result, Handler<AsyncResult<T>> next) {
        try {
            next.handle(result);
        } catch (RuntimeException fault) {
            // Without its message, which may repeat what was sent.
            LOG.error("Gateway call failed unexpectedly; answering with an error " + LogKeys.CALL + answer.id() + " " + LogKeys.REASON
                + fault.getClass().getName() + " at " + fault.getStackTrace()[0]);
            answer.refuse(500, "fault", "Unexpected server-side error");
        }
    }
}
