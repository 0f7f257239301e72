// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.events.ApiCalled.HandedOut;
import dev.postern.token.LogKeys;
import dev.postern.token.call.CallVerdict;
import dev.postern.token.gateway.digitalocean.CallOutcomes.Outcome;
import dev.postern.token.http1.Refusal;
import dev.postern.token.operation.Answer;
import dev.postern.token.port.BudgetBook;
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
import io.vertx.httpproxy.Body;
import io.vertx.httpproxy.ProxyRequest;
import io.vertx.httpproxy.ProxyResponse;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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

    private final GatewayContext context;
    private final VerifyToken token;
    private final TakeBudget budget;
    private final GatewayCall call;
    private final Provider provider;
    private final ClientAnswer answer;
    private final CheckedCall checked;
    private final CallVerdict verdict;
    private final ProviderLinks links;
    private final CredentialsHandedOut credentials;
    private final AnswerReader answers;
    private final CallRecord journal;
    private Optional<BudgetBook.Quota> quota;
    private boolean sent;

    /**
     * @param token  looked up once more before anything is sent
     * @param budget pays for further pages of a list
     */
    UpstreamCall(GatewayContext context, VerifyToken token, TakeBudget budget, GatewayCall call, ChargedCall charged) {
        this.context = context;
        this.token = token;
        this.budget = budget;
        this.call = call;
        this.provider = charged.allowed().provider();
        this.answer = call.answer();
        this.checked = charged.allowed().checked();
        this.verdict = charged.allowed().verdict();
        this.quota = charged.quota();
        this.links = new ProviderLinks(provider.authority(), context.publicUrl());
        this.credentials = new CredentialsHandedOut(checked.operation(), verdict.resources(),
            checked.operation().takesExpiry() ? Optional.of(BoundedExpiry.seconds(checked.query())) : Optional.empty());
        this.answers = new AnswerReader(checked, verdict, links, credentials);
        this.journal = new CallRecord(context.journal(), call.record(verdict.resources()), checked.operation().write());
    }

    void send() {
        boolean paged = checked.operation().answer() instanceof Answer.Collection list && list.paging() == Answer.Paging.PAGES;
        if (verdict instanceof CallVerdict.AllowedFiltered filtered && paged && filtered.filter().leavesOut()) {
            new FilteredListReader(context, () -> budget.take(call, provider, verdict.resources()), this::whole, answers, checked, filtered.filter(),
                answer.memory(), quota).read().onComplete(reading(this::listed));
        } else if (verdict instanceof CallVerdict.AllowedFiltered || answers.creator().isPresent() || credentials.mustBeRead()) {
            whole(checked.target()).onComplete(reading(this::read));
        } else {
            stream();
        }
    }

    /** Any failure while an answer is processed withholds all of it. */
    private <T> Handler<AsyncResult<T>> reading(Handler<T> reader) {
        return came -> {
            if (came.failed()) {
                failed(came.cause());
                return;
            }
            try {
                reader.handle(came.result());
            } catch (RuntimeException fault) {
                failed(AnswerReader.unreadable(fault));
            }
        };
    }

    private void listed(FilteredListReader.Result list) {
        if (list instanceof FilteredListReader.Result.Page page) {
            quota = page.quota();
            show(200, page.headers(), page.prepared());
        } else if (list instanceof FilteredListReader.Result.NoList other) {
            pass(other.answer());
        }
    }

    private void stream() {
        ProxyRequest proxied = ProxyRequest.reverseProxy(call.request());
        HttpMethod method = HttpMethod.valueOf(checked.head().method());
        proxied.setMethod(method).setURI(checked.target());
        proxied.headers().clear();
        PassedHeaders.toProvider(checked.head(), false, proxied.headers());
        provider.authorize(proxied.headers());
        AtomicReference<HttpClientRequest> sending = new AtomicReference<>();
        if (checked.streamed()) {
            proxied.setBody(Body.body(new ScreenedBody(call.request(), context.operations()::mayNameAResource,
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
                call.guard().onBadBody(refusal -> badBody(upstream, refusal));
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
        return provider.request(method, target, streamed).compose(upstream -> token.again(call).map(upstream)
            .onFailure(ended -> upstream.exceptionHandler(reset -> {}).reset()));
    }

    /** The provider does not get the rest, so it never has a whole request. */
    private void badBody(HttpClientRequest upstream, Refusal refusal) {
        sent = false;
        context.outcomes().count(Outcome.REFUSED);
        journal.ended(refusal.status());
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
        boolean handsOutAny = status / 100 == 2 && credentials.any() && !checked.head().method().equals("HEAD");
        List<HandedOut> handsOut = handsOutAny ? credentials.unread(Instant.now()) : List.of();
        Future<Void> recorded = handsOut.isEmpty() ? Future.succeededFuture() : journal.ended(status, Optional.empty(), handsOut);
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
            journal.ended(status);
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
                    journal.ended(status);
                    return;
                }
                Buffer body = LinkRewriter.whole(links, came.result());
                journal.ended(status);
                context.outcomes().count(Outcome.PASSED);
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
            journal.ended(status);
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

    /** Sends the call and reads all of its answer; a HEAD is sent as GET, for its answer depends on what is filtered. */
    private Future<WholeAnswer> whole(String target) {
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
            Future<WholeAnswer> whole = upstream.response().compose(response -> {
                provider.hear(response.headers());
                if (response.headers().contains("content-encoding")) {
                    return Future.failedFuture(new UnusableAnswer("the answer is compressed"));
                }
                return ReadBody.down(response, context.memory().largest(), answer.memory())
                    .map(body -> new WholeAnswer(response.statusCode(), response.headers(), body));
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

    private void read(WholeAnswer whole) {
        if (whole.status() / 100 != 2 || whole.body().length() == 0) {
            pass(whole);
            return;
        }
        if (!answer.memory().parsed(whole.body().length())) {
            failed(new BodyMemory.Full());
            return;
        }
        context.offLoop().run(whole.body().length(), () -> answers.prepare(whole.body())).onComplete(prepared -> {
            if (prepared.failed()) {
                failed(AnswerReader.unreadable(prepared.cause()));
            } else if (prepared.result().isEmpty()) {
                hide();
            } else {
                show(whole.status(), whole.headers(), prepared.result().get());
            }
        });
    }

    /** Passes an answer on that was read, as soon as what must be on record before is. */
    private void show(int status, MultiMap headers, AnswerReader.Prepared prepared) {
        Future<Void> recorded = journal.ended(status, prepared.created(), prepared.handsOut());
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
            context.outcomes().count(Outcome.UNAVAILABLE);
            answer.refuse(BeginRecord.UNRECORDED);
        }
    }

    private void hide() {
        journal.ended(404);
        answer.refuse(404, "not-found", ErrorBodies.NOT_FOUND);
    }

    /** An answer that is not changed but in its headers. */
    private void pass(WholeAnswer whole) {
        if (!refusesCredential(whole.status())) {
            journal.ended(whole.status());
            pass(whole.status(), whole.headers(), LinkRewriter.whole(links, whole.body()));
        }
    }

    /** An answer with another body. */
    private void pass(int status, MultiMap headers, Buffer body) {
        if (answer.isOver()) {
            return;
        }
        context.outcomes().count(Outcome.PASSED);
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

    /**
     * Nothing that can be shown came: 502, 504 if nothing came in time, 503 if there is no memory for it now. A write that was sent may have been carried out:
     * then 424, which no client repeats of itself. Go's (godo, and with it doctl, Terraform and lego) repeat every 5xx but 501, and 429, for writes, too.
     */
    private void failed(Throwable why) {
        if (why instanceof CallRefusal refusal) {
            journal.ended(refusal.status());
            context.outcomes().count(refusal.outcome());
            answer.refuse(refusal);
            return;
        }
        boolean unclear = sent && checked.operation().write();
        boolean late = why instanceof TimeoutException || why.getCause() instanceof TimeoutException || String.valueOf(why.getMessage()).contains("timeout");
        int status = unclear ? UNCLEAR_STATUS : why instanceof BodyMemory.Full ? 503 : late ? 504 : 502;
        if (answer.response().ended() || answer.response().closed()) {
            journal.ended(unclear ? status : 502);
            return;
        }
        context.outcomes().count(status == 503 ? Outcome.UNAVAILABLE : Outcome.PROVIDER_FAILED);
        journal.ended(status);
        if (answer.response().headWritten()) {
            answer.breakOff();
            return;
        }
        if (status == 503) {
            answer.refuse(CallRefusal.noMemory("answer"));
            return;
        }
        String reason = why instanceof UnusableAnswer ? why.getMessage() : why.getClass().getSimpleName();
        LOG.warn("Provider answer rejected; withheld " + LogKeys.CALL + answer.id() + " " + LogKeys.STATUS + status + " " + LogKeys.REASON + reason);
        String message = UnusableAnswer.message(why, late, unclear);
        answer.refuse(status, "provider", unclear ? message + " " + UNCLEAR : message);
    }
}
