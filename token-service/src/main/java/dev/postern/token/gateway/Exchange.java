package dev.postern.token.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.edge.Problem;
import dev.postern.edge.StrictJson;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import dev.postern.events.SourceAddress;
import dev.postern.token.LogKeys;
import dev.postern.token.TokenSecret;
import dev.postern.token.call.ApiCall;
import dev.postern.token.call.CallVerdict;
import dev.postern.token.call.GrantEntry;
import dev.postern.token.call.Match;
import dev.postern.token.call.Operation;
import dev.postern.token.call.Place;
import dev.postern.token.gateway.CallOutcomes.Outcome;
import dev.postern.token.gateway.Forwarding.Checked;
import dev.postern.token.truth.LiveGrant;
import dev.postern.token.truth.TokenState;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * One call, from its head to the decision: which token, which operation, which body, what the verdict is, whether limits and budget have room for it. Every
 * way out but the last ends here, and nothing has gone to the provider then. Runs on one event loop.
 */
final class Exchange {
    private static final Logger LOG = Logger.getLogger(Exchange.class);
    /** The query parameters of the provider's API that are lists; any other stands there once. */
    private static final Set<String> LISTS = Set.of("deployment_types", "job_names", "event_types", "statuses", "candidate_types", "usecases");

    private final Desk desk;
    private final Vertx vertx;
    private final Context context;
    private final HttpServerRequest request;
    private final StrictFront front;
    private final RequestHead head;
    private final ClientAnswer answer;
    private final Instant at = Instant.now();
    private Optional<TokenSecret> token = Optional.empty();
    private LiveGrant grant;
    private Match.Found found;
    private Map<String, List<String>> query;

    Exchange(Desk desk, Vertx vertx, HttpServerRequest request, StrictFront front) {
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
            }, () -> answer.refuse(404, "no-such-rule", Answers.NOT_FOUND));
            return;
        }
        AllowedCall repeated = front.repeated();
        token = repeated != null ? Optional.of(repeated.token()) : TokenSecret.read(bearer());
        if (token.isEmpty()) {
            recognised(new TokenState.NotAToken());
        } else {
            then(desk.truth().ofToken(token.get()), state -> recognised(state.result()));
        }
    }

    /** The text behind {@code Bearer}, null if there is none. */
    private String bearer() {
        String authorization = head.authorization();
        return authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7) ? authorization.substring(7) : null;
    }

    private void recognised(TokenState state) {
        if (state instanceof TokenState.Live live) {
            grant = live.grant();
            AllowedCall repeated = front.repeated();
            if (repeated != null && repeated.grant() == grant && at.isBefore(grant.validUntil())) {
                found = repeated.checked().found();
                allowed(repeated.checked(), repeated.verdict());
            } else {
                match();
            }
        } else if (state instanceof TokenState.Unavailable) {
            desk.outcomes().count(Outcome.UNAVAILABLE);
            answer.unavailable("Postern cannot check tokens at the moment.");
        } else {
            desk.outcomes().count(Outcome.UNAUTHORIZED);
            answer.refuse(401, "unauthorized", Answers.UNAUTHORIZED, Map.of("www-authenticate", "Bearer"));
        }
    }

    private void match() {
        Match match = desk.operations().match(head.method(), head.target().segments());
        if (match instanceof Match.MethodNotAllowed other) {
            refused(405, "method-not-allowed", "The method is not allowed here.", List.of(), Map.of("allow", String.join(", ", other.allowed())));
        } else if (match instanceof Match.Found one) {
            found = one;
            query = query();
            if (query == null) {
                refused(400, "duplicate-parameter", "A query parameter stands there twice.", List.of(), Map.of());
            } else {
                body();
            }
        } else {
            refused(404, "no-such-operation", Answers.NOT_FOUND, List.of(), Map.of());
        }
    }

    /** Null if a parameter stands there twice that may once. */
    private Map<String, List<String>> query() {
        if (head.target().query().isEmpty()) {
            return Map.of();
        }
        Map<String, List<String>> query = new LinkedHashMap<>();
        for (RequestTarget.Parameter parameter : head.target().query()) {
            List<String> one = List.of(parameter.value());
            List<String> earlier = query.putIfAbsent(parameter.name(), one);
            if (earlier != null) {
                if (!LISTS.contains(parameter.name())) {
                    return null;
                }
                query.put(parameter.name(), java.util.stream.Stream.concat(earlier.stream(), one.stream()).toList());
            }
        }
        return query;
    }

    private void body() {
        if (!head.hasBody()) {
            decide(Optional.empty(), false);
            return;
        }
        if (!found.operation().takesBody()) {
            refused(400, CallVerdict.Rule.UNEXPECTED_BODY.word(), "No body belongs to this call.", List.of(), Map.of());
            return;
        }
        String coding = head.header("content-encoding");
        String type = head.header("content-type");
        if (coding != null && !coding.equalsIgnoreCase("identity") || !isJson(type)) {
            refused(415, "media-type", "The body must be application/json, and not compressed.", List.of(), Map.of());
        } else if (head.contentLength() > ReadBody.UP_BYTES_MAX && isUnchecked()) {
            decide(Optional.empty(), true);
        } else if (head.contentLength() > ReadBody.UP_BYTES_MAX) {
            refused(413, "large-body", "The body of this call is checked, and may have 1 MiB.", List.of(), Map.of());
        } else {
            front.onBadBody(refusal -> refused(refusal.status(), refusal.rule(), refusal.message(), List.of(), Map.of()));
            if (head.expectsContinue()) {
                answer.response().writeContinue();
            }
            then(ReadBody.up(vertx, request, answer.memory()), this::bodyRead);
        }
    }

    private static boolean isJson(String type) {
        if (type == null) {
            return false;
        }
        String plain = type.toLowerCase(java.util.Locale.ROOT).replace(" ", "").replace("\"", "");
        return plain.equals("application/json") || plain.equals("application/json;charset=utf-8");
    }

    /** Whether nothing of a body has to be looked at: the operation names nothing there, and no entry of the grant has a schema for it. */
    private boolean isUnchecked() {
        Operation operation = found.operation();
        return operation.places().stream().noneMatch(place -> place.in() == Place.In.BODY) && operation.parts().isEmpty()
            && !hasBodySchema();
    }

    private void bodyRead(AsyncResult<Buffer> read) {
        front.onBadBody(null);
        if (read.cause() instanceof ReadBody.TooLarge) {
            int status = isUnchecked() ? 411 : 413;
            refused(status, "large-body", "The body of this call may have 1 MiB" + (status == 411 ? " unless Content-Length says how long it is." : "."),
                List.of(), Map.of());
        } else if (read.cause() instanceof ReadBody.TooSlow) {
            refused(400, "slow-body", "The body did not come in time.", List.of(), Map.of());
        } else if (read.cause() instanceof BodyMemory.Full || read.succeeded() && !answer.memory().parsed(read.result().length())) {
            desk.outcomes().count(Outcome.UNAVAILABLE);
            answer.unavailable("Postern has no memory for the body at the moment.");
        } else if (read.failed()) {
            answer.breakOff();
        } else if (read.result().length() == 0) {
            decide(Optional.empty(), false);
        } else if (read.result().length() > BodyChecks.SMALL_BYTES_MAX || hasBodySchema()) {
            Optional<SourceAddress> caller = front.caller(desk.proxies());
            then(desk.checks().run(grant.tokenId(), () -> judged(read.result(), caller)), done -> checked(done, judged -> decided(judged, false)));
        } else {
            decided(judged(read.result(), front.caller(desk.proxies())), false);
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

    private boolean hasBodySchema() {
        return grant.details().stream().anyMatch(detail -> detail instanceof DigitalOceanApi api
            && api.constraints().flatMap(constraints -> constraints.bodySchema()).isPresent());
    }

    /**
     * What was found out about a call. One of problem and verdict is there.
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

    private void decide(Optional<JsonNode> body, boolean streamed) {
        decided(judged(body, front.caller(desk.proxies())), streamed);
    }

    private void decided(Judged judged, boolean streamed) {
        if (judged.problem().isPresent()) {
            refused(400, judged.problem().get().rule(), judged.problem().get().detail(), List.of(), Map.of());
            return;
        }
        ApiCall asked = judged.asked().orElseThrow();
        CallVerdict verdict = judged.verdict().orElseThrow();
        Checked checked = new Checked(found, head, query, asked.body(), streamed);
        Provider provider = desk.providers().get(grant.account());
        if (verdict instanceof CallVerdict.Refused no && no.shownAt().isPresent() && provider != null) {
            compare(provider, asked, checked, no);
        } else {
            decided(checked, verdict);
        }
    }

    /** Asks the provider what the body would replace, and decides by what it changes. Counts as one more call of the account's budget. */
    private void compare(Provider provider, ApiCall asked, Checked checked, CallVerdict.Refused blind) {
        answer.memory().keeps(head.contentLength() < 0 ? ReadBody.UP_BYTES_MAX : (int) head.contentLength(), 1, 1);
        then(provider.take(grant.tokenId()), taken -> {
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

    private void shown(ApiCall asked, Checked checked, CallVerdict.Refused blind, AsyncResult<JsonNode> shown) {
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
            refused(404, "not-found", Answers.NOT_FOUND, blind.resources(), Map.of());
        } else if (shown.cause() instanceof BodyMemory.Full) {
            desk.outcomes().count(Outcome.UNAVAILABLE);
            answer.unavailable("Postern has no memory for the answer at the moment.");
        } else {
            LOG.warn("What a call would replace could not be read; the call is refused " + LogKeys.REASON + shown.cause().getClass().getSimpleName());
            desk.outcomes().count(Outcome.PROVIDER_FAILED);
            recordQuietly(502, "provider", blind.resources(), () -> answer.refuse(502, "provider", "The provider did not show what this call would replace."));
        }
    }

    private void decided(Checked checked, CallVerdict verdict) {
        if (verdict instanceof CallVerdict.Refused no) {
            refused(no);
            return;
        }
        if (verdict instanceof CallVerdict.Allowed yes && yes.counted().isEmpty() && !head.hasBody()) {
            front.remember(new AllowedCall(token.orElseThrow(), grant, checked, yes));
        }
        allowed(checked, verdict);
    }

    private void allowed(Checked checked, CallVerdict verdict) {
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

    private void limited(CallLimits.Answer taken, Provider provider, Checked checked, CallVerdict verdict) {
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

    private void charge(Provider provider, Checked checked, CallVerdict verdict) {
        then(provider.take(grant.tokenId()), taken -> {
            if (taken.result() instanceof BudgetBook.Spent spent) {
                overBudget(spent, verdict.resources());
            } else if (taken.result() instanceof BudgetBook.Taken) {
                forward(provider, checked, verdict);
            } else {
                uncounted();
            }
        });
    }

    private void overBudget(BudgetBook.Spent spent, List<ResourceName> resources) {
        desk.outcomes().count(Outcome.OVER_BUDGET);
        recordQuietly(429, "over-budget", resources, () -> answer.refuse(429, "over-budget", "API Rate limit exceeded.",
            Map.of("retry-after", Long.toString(spent.freeIn().toSeconds()))));
    }

    private void forward(Provider provider, Checked checked, CallVerdict verdict) {
        CallJournal.Call call = call(verdict.resources());
        Forwarding forwarding = new Forwarding(desk, provider, request, front, answer, call, checked, verdict);
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
            record(401, rule, no.resources(), () -> answer.refuse(401, rule, Answers.UNAUTHORIZED, Map.of("www-authenticate", "Bearer")));
        } else {
            record(403, rule, no.resources(), () -> answer.forbid(rule, no.message(), no.missingScope(), no.missingResource()));
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
        ThreadLocalRandom chance = ThreadLocalRandom.current();
        UUID id = new UUID(chance.nextLong() & ~0xf000L | 0x4000L, chance.nextLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L);
        return new CallJournal.Call(id.toString(), grant, Optional.ofNullable(found).map(one -> one.operation().id()), resources, at);
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
            LOG.error("A call failed " + LogKeys.REASON + fault.getClass().getName() + " at " + fault.getStackTrace()[0]);
            answer.refuse(500, "fault", "Unexpected server-side error");
        }
    }
}
