package dev.postern.token.gateway.digitalocean;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.events.ApiCalled.HandedOut;
import dev.postern.events.ResourceName;
import dev.postern.token.LogKeys;
import dev.postern.token.TokenSecret;
import dev.postern.token.call.AnswerFilter;
import dev.postern.token.call.CallVerdict;
import dev.postern.token.call.GrantEntry;
import dev.postern.token.gateway.digitalocean.CallOutcomes.Outcome;
import dev.postern.token.http1.Refusal;
import dev.postern.token.http1.StrictHttpGuard;
import dev.postern.token.operation.Answer;
import dev.postern.token.port.BudgetBook;
import dev.postern.token.port.CallJournal;
import dev.postern.token.upstream.AnswerJson;
import dev.postern.token.upstream.BodyMemory;
import dev.postern.token.upstream.LinkRewriter;
import dev.postern.token.upstream.LinkStream;
import dev.postern.token.upstream.PassedHeaders;
import dev.postern.token.upstream.ProviderLinks;
import dev.postern.token.upstream.RateLimitHeaders;
import dev.postern.token.upstream.ReadBody;
import dev.postern.token.upstream.ScreenedBody;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.httpproxy.Body;
import io.vertx.httpproxy.ProxyRequest;
import io.vertx.httpproxy.ProxyResponse;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/**
 * Forwards an allowed call to the provider and passes on its answer. Unchecked content streams through vertx-http-proxy; an answer that is filtered, or
 * names created resources, is read whole first. The request is built from checked values; only an unchecked body streams from the client.
 */
final class UpstreamCall {
    private static final Logger LOG = Logger.getLogger(UpstreamCall.class);
    private static final int UNCLEAR_STATUS = 424;
    private static final String UNCLEAR = "The call may have been carried out: look before you repeat it.";
    /** The largest answer that is rewritten as a whole though nothing else of it must be looked at. */
    private static final int SMALL_BYTES_MAX = 65_536;

    private final GatewayContext desk;
    private final Provider provider;
    private final HttpServerRequest request;
    private final StrictHttpGuard front;
    private final ClientAnswer answer;
    private final CallJournal.Call call;
    private final CheckedCall checked;
    private final CallVerdict verdict;
    private final ProviderLinks links;
    private final CredentialsHandedOut credentials;
    private final TokenSecret token;
    private Optional<BudgetBook.Quota> quota;
    private boolean told;
    private boolean sent;

    /** A whole answer of the provider. */
    record Whole(int status, MultiMap headers, Buffer body) { }

    UpstreamCall(GatewayContext desk, Provider provider, HttpServerRequest request, StrictHttpGuard front, ClientAnswer answer, CallJournal.Call call,
            CheckedCall checked,
               CallVerdict verdict, Optional<BudgetBook.Quota> quota, TokenSecret token) {
        this.desk = desk;
        this.provider = provider;
        this.request = request;
        this.front = front;
        this.answer = answer;
        this.call = call;
        this.checked = checked;
        this.verdict = verdict;
        this.quota = quota;
        this.token = token;
        this.links = new ProviderLinks(provider.authority(), desk.publicUrl());
        this.credentials = new CredentialsHandedOut(checked.operation(), verdict.resources(),
            checked.operation().takesExpiry() ? Optional.of(BoundedExpiry.seconds(checked.query())) : Optional.empty());
    }

    void send() {
        boolean paged = checked.operation().answer() instanceof Answer.Collection list && list.paging() == Answer.Paging.PAGES;
        if (verdict instanceof CallVerdict.AllowedFiltered filtered && paged && filtered.filter().leavesOut()) {
            new FilteredListReader(desk, provider, this, checked, call.grant(), filtered.filter(), answer.memory()).read();
        } else if (verdict instanceof CallVerdict.AllowedFiltered || creator().isPresent() || credentials.mustBeRead()) {
            whole(checked.target()).onComplete(reading(this::read));
        } else {
            stream();
        }
    }

    /** Any failure while an answer is processed withholds all of it. */
    Handler<AsyncResult<Whole>> reading(Handler<Whole> reader) {
        return came -> {
            if (came.failed()) {
                failed(came.cause());
                return;
            }
            try {
                reader.handle(came.result());
            } catch (RuntimeException fault) {
                fault(fault);
            }
        };
    }

    private Optional<GrantEntry> creator() {
        return verdict instanceof CallVerdict.Allowed yes ? yes.creator() : ((CallVerdict.AllowedFiltered) verdict).creator();
    }

    private void stream() {
        ProxyRequest proxied = ProxyRequest.reverseProxy(request);
        HttpMethod method = HttpMethod.valueOf(checked.head().method());
        proxied.setMethod(method).setURI(checked.target());
        proxied.headers().clear();
        PassedHeaders.toProvider(checked.head(), false, proxied.headers());
        provider.authorize(proxied.headers());
        AtomicReference<HttpClientRequest> sending = new AtomicReference<>();
        if (checked.streamed()) {
            proxied.setBody(Body.body(new ScreenedBody(request, desk.operations()::mayNameAResource,
                fault -> badBody(sending.get(), Refusal.malformed("streamed-body", TokenForm.hide(fault)))), checked.head().contentLength()));
        } else {
            proxied.setBody(checked.body().map(tree -> Body.body(AnswerJson.write(tree))).orElse(null));
        }
        if (checked.streamed() || checked.body().isPresent()) {
            proxied.headers().set(HttpHeaders.CONTENT_TYPE, "application/json");
        }
        if (checked.streamed() && checked.head().expectsContinue()) {
            answer.response().writeContinue();
        }
        request(method, checked.target(), checked.streamed()).onComplete(requested -> {
            if (requested.failed()) {
                failed(requested.cause());
                return;
            }
            HttpClientRequest upstream = requested.result();
            if (answer.isOver()) {
                upstream.reset();
                failed(new UnusableAnswer("the client has gone"));
                return;
            }
            sending.set(upstream);
            sent = true;
            if (checked.streamed()) {
                front.onBadBody(refusal -> badBody(upstream, refusal));
            }
            proxied.send(upstream).onComplete(answered -> {
                if (answered.succeeded()) {
                    streamBack(answered.result());
                } else {
                    failed(answered.cause());
                }
            });
        });
    }

    /**
     * Takes a connection, and then asks once more whether the token lives: the call may have waited for its body, for the record of it, for an earlier page or
     * for the connection.
     */
    private Future<HttpClientRequest> request(HttpMethod method, String target, boolean streamed) {
        return provider.request(method, target, streamed).compose(upstream -> TokenEnded.unless(desk.truth(), token)
            .map(upstream).onFailure(ended -> upstream.exceptionHandler(reset -> { }).reset()));
    }

    /** The provider does not get the rest, so it never has a whole request. */
    private void badBody(HttpClientRequest upstream, Refusal refusal) {
        sent = false;
        desk.outcomes().count(Outcome.REFUSED);
        ended(refusal.status());
        answer.refuse(refusal.status(), refusal.rule(), refusal.message());
        upstream.reset();
    }

    private void streamBack(ProxyResponse response) {
        provider.hear(response.headers());
        if (refusesCredential(response.getStatusCode())) {
            answer.memory().free();
            response.release();
            return;
        }
        int status = response.getStatusCode();
        List<HandedOut> handsOut = status / 100 == 2 && !checked.head().method().equals("HEAD") ? credentials.unread(Instant.now()) : List.of();
        Future<Void> recorded = handsOut.isEmpty() ? Future.succeededFuture() : ended(status, Optional.empty(), handsOut);
        recorded.onSuccess(done -> passBack(response, status)).onFailure(lost -> {
            response.release();
            unrecorded(false);
        });
    }

    private void passBack(ProxyResponse response, int status) {
        passHeaders(response.headers());
        answer.passDate(response.headers());
        String type = response.headers().get(HttpHeaders.CONTENT_TYPE);
        boolean empty = status == 204 || status == 304 || checked.head().method().equals("HEAD");
        boolean plain = empty || type != null && !type.toLowerCase(Locale.ROOT).contains("json");
        if (plain) {
            answer.memory().free();
            ended(status);
            response.send().onFailure(broken -> answer.breakOff());
        } else if (response.headers().contains(HttpHeaders.CONTENT_ENCODING)) {
            response.release();
            failed(new UnusableAnswer("the answer is compressed"));
        } else {
            linked(response, response.getBody().length());
        }
    }

    /** An answer with links: a small one is rewritten as a whole and keeps its length, another one as it passes. */
    private void linked(ProxyResponse response, long length) {
        int status = response.getStatusCode();
        answer.memory().only(0);
        if (length >= 0 && length <= SMALL_BYTES_MAX && answer.memory().atFirst()) {
            ReadBody.down(response.getBody().stream(), SMALL_BYTES_MAX, answer.memory()).onComplete(came -> {
                if (came.failed()) {
                    failed(came.cause());
                    return;
                }
                if (answer.isOver()) {
                    ended(status);
                    return;
                }
                Buffer body = LinkRewriter.whole(links, came.result());
                ended(status);
                desk.outcomes().count(Outcome.PASSED);
                answer.response().setStatusCode(status);
                answer.response().headers().addAll(response.headers().remove(HttpHeaders.CONTENT_LENGTH));
                answer.memory().only(body.length());
                answer.finish(body);
            });
            response.getBody().stream().resume();
        } else {
            answer.memory().free();
            response.headers().remove(HttpHeaders.CONTENT_LENGTH);
            response.setBody(Body.body(new LinkStream(response.getBody().stream(), links)));
            ended(status);
            response.send().onFailure(broken -> answer.breakOff());
        }
    }

    /** The provider's 401 is about our credential: the client's token was good. */
    private boolean refusesCredential(int status) {
        if (status == 401) {
            sent = false;
            LOG.error("Provider refused the account's credential; calls fail until it is replaced");
            failed(new UnusableAnswer("the provider refuses the account's credential"));
            return true;
        }
        return false;
    }

    private void passHeaders(MultiMap headers) {
        PassedHeaders.toClient(headers);
        links.inHeaders(headers);
        quota.ifPresent(left -> RateLimitHeaders.put(left, headers));
    }

    /** Sets the token's remaining quota, from the last call that was counted for this one. */
    void quota(Optional<BudgetBook.Quota> left) {
        quota = left;
    }

    /** Sends the call and reads all of its answer; a HEAD is sent as GET, for its answer depends on what is filtered. */
    Future<Whole> whole(String target) {
        if (!answer.memory().atFirst()) {
            return Future.failedFuture(new BodyMemory.Full());
        }
        HttpMethod method = HttpMethod.valueOf(checked.head().method().equals("HEAD") ? "GET" : checked.head().method());
        return request(method, target, false).compose(upstream -> {
            PassedHeaders.toProvider(checked.head(), true, upstream.headers());
            provider.authorize(upstream.headers());
            sent = true;
            // What goes wrong is heard of through the answer; without a handler the client library logs it as an error of ours.
            upstream.exceptionHandler(heard -> LOG.debugf("Provider connection closed during a call %s%s", LogKeys.REASON, heard.getClass().getSimpleName()));
            Future<Whole> whole = upstream.response().compose(response -> {
                provider.hear(response.headers());
                if (response.headers().contains("content-encoding")) {
                    return Future.failedFuture(new UnusableAnswer("the answer is compressed"));
                }
                return ReadBody.down(response, desk.memory().largest(), answer.memory())
                    .map(body -> new Whole(response.statusCode(), response.headers(), body));
            });
            Buffer body = checked.body().map(AnswerJson::write).orElse(null);
            if (body == null) {
                upstream.end();
            } else {
                upstream.headers().set("content-type", "application/json");
                upstream.end(body);
            }
            return whole.onFailure(unusable -> upstream.reset());
        });
    }

    private void read(Whole whole) {
        if (whole.status() / 100 != 2 || whole.body().length() == 0) {
            pass(whole);
            return;
        }
        if (!answer.memory().parsed(whole.body().length())) {
            failed(new BodyMemory.Full());
            return;
        }
        desk.offLoop().run(whole.body().length(), () -> prepare(whole.body())).onComplete(prepared -> {
            if (prepared.failed()) {
                fault(prepared.cause());
            } else if (prepared.result().isEmpty()) {
                hide();
            } else {
                show(whole.status(), whole.headers(), prepared.result().get());
            }
        });
    }

    /** An answer as the client gets it, what it says was created, and the credentials in it. */
    record Prepared(Buffer body, Optional<CallJournal.Created> created, List<HandedOut> handsOut) { }

    /** Empty if the token may not see it; runs outside the event loop where the answer is large. */
    private Optional<Prepared> prepare(Buffer whole) {
        JsonNode shown = AnswerJson.read(whole).orElseThrow(() -> new UnusableAnswer("the answer is no JSON"));
        if (!shown.isObject()) {
            throw new UnusableAnswer("the answer is no JSON object");
        }
        Optional<CallJournal.Created> created = created(shown);
        if (verdict instanceof CallVerdict.AllowedFiltered filtered) {
            AnswerFilter.Filtered left = filtered.filter().filter(shown);
            if (left instanceof AnswerFilter.Hidden) {
                return Optional.empty();
            }
            if (left instanceof AnswerFilter.Unreadable unreadable) {
                throw new UnusableAnswer("the answer " + unreadable.why());
            }
            shown = ((AnswerFilter.Shown) left).body();
        }
        return Optional.of(new Prepared(LinkRewriter.whole(links, AnswerJson.write(shown)), created, handsOut(shown)));
    }

    /** Passes an answer on that was read, as soon as what must be on record before is. */
    void show(int status, MultiMap headers, Prepared prepared) {
        Future<Void> recorded = ended(status, prepared.created(), prepared.handsOut());
        if (prepared.created().isEmpty() && prepared.handsOut().isEmpty()) {
            pass(status, headers, prepared.body());
        } else {
            recorded.onSuccess(done -> pass(status, headers, prepared.body())).onFailure(lost -> unrecorded(prepared.created().isPresent()));
        }
    }

    /** Rejects the answer because its journal entry could not be written: the client gets nothing of it. */
    private void unrecorded(boolean created) {
        if (checked.operation().write()) {
            String what = created ? "created, and it is not part of the grant. " : "handed out. ";
            answer.refuse(UNCLEAR_STATUS, "provider", "Postern could not record what was " + what + UNCLEAR);
        } else {
            desk.outcomes().count(Outcome.UNAVAILABLE);
            answer.unavailable("Postern cannot record calls at the moment.");
        }
    }

    /** An answer could not be read, for whatever reason: nothing of it is shown. */
    void fault(Throwable fault) {
        if (fault instanceof UnusableAnswer || fault instanceof BodyMemory.Full) {
            failed(fault);
            return;
        }
        LOG.error("Provider answer unreadable; withheld from the client " + LogKeys.REASON + fault.getClass().getName() + " at " + fault.getStackTrace()[0]);
        failed(new UnusableAnswer("it does not have its form"));
    }

    private Optional<CallJournal.Created> created(JsonNode tree) {
        return creator().flatMap(entry -> checked.operation().creates().map(creation -> {
            Set<ResourceName> resources = CreatedResources.of(creation, tree);
            return new CallJournal.Created(entry.index(), resources);
        })).filter(created -> !created.resources().isEmpty());
    }

    private void hide() {
        ended(404);
        answer.refuse(404, "not-found", ErrorBodies.NOT_FOUND);
    }

    /** An answer that is not changed but in its headers. */
    void pass(Whole whole) {
        if (!refusesCredential(whole.status())) {
            ended(whole.status());
            pass(whole.status(), whole.headers(), LinkRewriter.whole(links, whole.body()));
        }
    }

    /** An answer with another body. */
    void pass(int status, MultiMap headers, Buffer body) {
        if (answer.isOver()) {
            return;
        }
        desk.outcomes().count(Outcome.PASSED);
        passHeaders(headers);
        headers.remove("content-length").remove("etag");
        answer.response().setStatusCode(status);
        answer.response().headers().addAll(headers);
        if (status == 204 || status == 304) {
            answer.response().end();
        } else {
            answer.memory().only(body.length());
            answer.finish(body);
        }
    }

    /** Writes a list that is shown, with its links; nothing was created. */
    Prepared written(JsonNode shown) {
        return new Prepared(LinkRewriter.whole(links, AnswerJson.write(shown)), Optional.empty(), handsOut(shown));
    }

    private List<HandedOut> handsOut(JsonNode shown) {
        return checked.head().method().equals("HEAD") ? List.of() : credentials.in(shown, Instant.now());
    }

    /** Reports that the budget has no room for the next page of a list, or cannot be checked. */
    void overBudget(BudgetBook.Answer no) {
        if (no instanceof BudgetBook.Spent spent) {
            desk.outcomes().count(Outcome.OVER_BUDGET);
            ended(429);
            answer.refuse(429, "over-budget", RateLimitHeaders.message(spent), RateLimitHeaders.of(spent));
        } else {
            desk.outcomes().count(Outcome.UNAVAILABLE);
            ended(503);
            answer.unavailable("Postern cannot count calls at the moment.");
        }
    }

    /** A parameter of the client's that cannot be passed on as it is. */
    void unprocessable(String message) {
        ended(422);
        answer.refuse(422, "paging", message);
    }

    /**
     * Nothing that can be shown came: 502, 504 if nothing came in time, 503 if there is no memory for it now. A write that was sent may have been carried out:
     * then 424, which no client repeats of itself. Go's (godo, and with it doctl, Terraform and lego) repeat every 5xx but 501, and 429, for writes, too.
     */
    void failed(Throwable why) {
        if (why instanceof TokenEnded end) {
            ended(end.status());
            desk.outcomes().count(end.isUnknown() ? Outcome.UNAVAILABLE : Outcome.UNAUTHORIZED);
            end.refuse(answer);
            return;
        }
        boolean unclear = sent && checked.operation().write();
        boolean late = why instanceof TimeoutException || why.getCause() instanceof TimeoutException || String.valueOf(why.getMessage()).contains("timeout");
        int status = unclear ? UNCLEAR_STATUS : why instanceof BodyMemory.Full ? 503 : late ? 504 : 502;
        if (answer.response().ended() || answer.response().closed()) {
            ended(unclear ? status : 502);
            return;
        }
        desk.outcomes().count(status == 503 ? Outcome.UNAVAILABLE : Outcome.PROVIDER_FAILED);
        ended(status);
        if (answer.response().headWritten()) {
            answer.breakOff();
            return;
        }
        if (status == 503) {
            answer.unavailable("Postern has no memory for the answer at the moment.");
            return;
        }
        String reason = why instanceof UnusableAnswer ? why.getMessage() : why.getClass().getSimpleName();
        LOG.warn("Provider answer rejected; withheld " + LogKeys.CALL + answer.id() + " " + LogKeys.STATUS + status + " " + LogKeys.REASON + reason);
        String message = UnusableAnswer.message(why, late, unclear);
        answer.refuse(status, "provider", unclear ? message + " " + UNCLEAR : message);
    }

    private Future<Void> ended(int status) {
        return ended(status, Optional.empty(), List.of());
    }

    /** Tells of the call, once. */
    private Future<Void> ended(int status, Optional<CallJournal.Created> created, List<HandedOut> handsOut) {
        if (told) {
            return Future.succeededFuture();
        }
        told = true;
        if (checked.operation().write()) {
            return desk.journal().ended(call, status, created, handsOut);
        }
        if (!handsOut.isEmpty()) {
            return desk.journal().handsOut(call, status, handsOut);
        }
        desk.journal().read(call, status);
        return Future.succeededFuture();
    }
}
