package dev.postern.token.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.events.ResourceName;
import dev.postern.token.LogKeys;
import dev.postern.token.call.Answer;
import dev.postern.token.call.AnswerFilter;
import dev.postern.token.call.CallVerdict;
import dev.postern.token.call.GrantEntry;
import dev.postern.token.call.Match;
import dev.postern.token.call.Operation;
import dev.postern.token.gateway.CallOutcomes.Outcome;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/**
 * A call that may go to the provider, from there to its answer. What need not be looked at streams through vertx-http-proxy; what is filtered, or names what
 * was created, is read whole first. The request is made of what was checked; of the client's only the body streams, where nothing of it had to be checked.
 */
final class Forwarding {
    private static final Logger LOG = Logger.getLogger(Forwarding.class);

    private final Desk desk;
    private final Provider provider;
    private final HttpServerRequest request;
    private final StrictFront front;
    private final ClientAnswer answer;
    private final CallJournal.Call call;
    private final Checked checked;
    private final CallVerdict verdict;
    private boolean told;
    private boolean sent;

    /**
     * What was decided on.
     *
     * @param body     the tree that was checked; it is written again, so that nothing else is sent
     * @param streamed whether the client's body goes on unread
     * @param target   at the provider
     */
    record Checked(Match.Found found, RequestHead head, Map<String, List<String>> query, Optional<JsonNode> body, boolean streamed, String target) {
        Checked(Match.Found found, RequestHead head, Map<String, List<String>> query, Optional<JsonNode> body, boolean streamed) {
            this(found, head, query, body, streamed, UpstreamTarget.of(found.operation(), found.parameters(), query));
        }

        Operation operation() {
            return found.operation();
        }
    }

    /** A whole answer of the provider. */
    record Whole(int status, MultiMap headers, Buffer body) { }

    /** The provider's answer is none that can be passed on. */
    static final class Unusable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unusable(String message) {
            super(message, null, false, false);
        }
    }

    Forwarding(Desk desk, Provider provider, HttpServerRequest request, StrictFront front, ClientAnswer answer, CallJournal.Call call, Checked checked,
               CallVerdict verdict) {
        this.desk = desk;
        this.provider = provider;
        this.request = request;
        this.front = front;
        this.answer = answer;
        this.call = call;
        this.checked = checked;
        this.verdict = verdict;
    }

    void send() {
        boolean paged = checked.operation().answer() instanceof Answer.Collection list && list.paging() == Answer.Paging.PAGES;
        if (verdict instanceof CallVerdict.AllowedFiltered filtered && paged && filtered.filter().leavesOut()) {
            new PageWalk(desk, provider, this, checked, call.grant().tokenId(), filtered.filter(), answer.memory()).read();
        } else if (verdict instanceof CallVerdict.AllowedFiltered || creator().isPresent() || paged) {
            whole(checked.target()).onComplete(reading(this::read));
        } else {
            stream();
        }
    }

    /** Whatever goes wrong with an answer shows nothing of it. */
    Handler<AsyncResult<Whole>> reading(Handler<Whole> reader) {
        return came -> {
            if (came.failed()) {
                failed(came.cause());
                return;
            }
            try {
                reader.handle(came.result());
            } catch (RuntimeException fault) {
                LOG.error("An answer could not be read " + LogKeys.REASON + fault.getClass().getName() + " at " + fault.getStackTrace()[0]);
                failed(new Unusable("it does not have its form"));
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
            proxied.setBody(Body.body(new WatchedBody(request, desk.operations()::mayNameAResource, () -> badBody(sending.get(),
                Refusal.malformed("streamed-body", "The body is no JSON, or has a member that may name a resource."))), checked.head().contentLength()));
        } else {
            proxied.setBody(checked.body().map(tree -> Body.body(AnswerJson.write(tree))).orElse(null));
        }
        if (checked.streamed() && checked.head().expectsContinue()) {
            answer.response().writeContinue();
        }
        provider.request(method, checked.target(), checked.streamed()).onComplete(requested -> {
            if (requested.failed()) {
                failed(requested.cause());
                return;
            }
            HttpClientRequest upstream = requested.result();
            if (answer.isOver()) {
                upstream.reset();
                failed(new Unusable("the client has gone"));
                return;
            }
            sending.set(upstream);
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

    /** The provider does not get the rest, so it never has a whole request. */
    private void badBody(HttpClientRequest upstream, Refusal refusal) {
        desk.outcomes().count(Outcome.REFUSED);
        ended(refusal.status(), Optional.empty());
        answer.refuse(refusal.status(), refusal.rule(), refusal.message());
        upstream.reset();
    }

    private void streamBack(ProxyResponse response) {
        answer.memory().free();
        provider.hear(response.headers());
        if (refusesCredential(response.getStatusCode())) {
            response.release();
            return;
        }
        passHeaders(response.headers());
        passDate(response.headers());
        ended(response.getStatusCode(), Optional.empty());
        response.send().onFailure(broken -> answer.breakOff());
    }

    /** The library would read the date only to write it again, which costs more than deciding on the call did. */
    private void passDate(MultiMap headers) {
        String date = headers.get(HttpHeaders.DATE);
        if (date != null) {
            headers.remove(HttpHeaders.DATE);
            answer.response().headersEndHandler(head -> answer.response().putHeader(HttpHeaders.DATE, date));
        }
    }

    /** The provider's 401 is about our credential: the client's token was good. */
    private boolean refusesCredential(int status) {
        if (status == 401) {
            LOG.error("The provider refuses the account's credential");
            failed(new Unusable("the provider refuses the account's credential"));
            return true;
        }
        return false;
    }

    private void passHeaders(MultiMap headers) {
        PassedHeaders.toClient(headers);
        String location = headers.get(HttpHeaders.LOCATION);
        if (location != null) {
            headers.set(HttpHeaders.LOCATION, RewriteLinks.in(location, provider.base(), desk.publicUrl()));
        }
    }

    /** Sends the call and reads all of its answer; a HEAD is sent as GET, for its answer depends on what is filtered. */
    Future<Whole> whole(String target) {
        if (!answer.memory().atFirst()) {
            return Future.failedFuture(new BodyMemory.Full());
        }
        HttpMethod method = HttpMethod.valueOf(checked.head().method().equals("HEAD") ? "GET" : checked.head().method());
        return provider.request(method, target, false).compose(upstream -> {
            PassedHeaders.toProvider(checked.head(), true, upstream.headers());
            provider.authorize(upstream.headers());
            sent = true;
            // What goes wrong is heard of through the answer; without a handler the client library logs it as an error of ours.
            upstream.exceptionHandler(heard -> LOG.debugf("A call ended early %s%s", LogKeys.REASON, heard.getClass().getSimpleName()));
            Future<Whole> whole = upstream.response().compose(response -> {
                provider.hear(response.headers());
                if (response.headers().contains("content-encoding")) {
                    return Future.failedFuture(new Unusable("the answer is compressed"));
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
        Optional<JsonNode> tree = AnswerJson.read(whole.body());
        if (tree.isEmpty()) {
            failed(new Unusable("the answer is no JSON"));
            return;
        }
        JsonNode shown = tree.get();
        if (!shown.isObject()) {
            failed(new Unusable("the answer is no JSON object"));
            return;
        }
        Optional<CallJournal.Created> created = created(shown);
        if (verdict instanceof CallVerdict.AllowedFiltered filtered) {
            AnswerFilter.Filtered left = filtered.filter().filter(shown);
            if (left instanceof AnswerFilter.Hidden) {
                hide();
                return;
            }
            if (left instanceof AnswerFilter.Unreadable unreadable) {
                failed(new Unusable("the answer " + unreadable.why()));
                return;
            }
            shown = ((AnswerFilter.Shown) left).body();
        }
        RewriteLinks.in(shown, provider.base(), desk.publicUrl());
        JsonNode body = shown;
        Future<Void> recorded = ended(whole.status(), created);
        if (created.isEmpty()) {
            pass(whole.status(), whole.headers(), AnswerJson.write(body));
        } else {
            recorded.onSuccess(done -> pass(whole.status(), whole.headers(), AnswerJson.write(body)))
                .onFailure(lost -> answer.unavailable("Postern could not record what was created."));
        }
    }

    private Optional<CallJournal.Created> created(JsonNode tree) {
        return creator().flatMap(entry -> checked.operation().creates().map(creation -> {
            Set<ResourceName> resources = CreatedResources.of(creation, tree);
            return new CallJournal.Created(entry.index(), resources);
        })).filter(created -> !created.resources().isEmpty());
    }

    private void hide() {
        ended(404, Optional.empty());
        answer.refuse(404, "not-found", Answers.NOT_FOUND);
    }

    /** An answer that is not changed but in its headers. */
    void pass(Whole whole) {
        if (!refusesCredential(whole.status())) {
            ended(whole.status(), Optional.empty());
            pass(whole.status(), whole.headers(), whole.body());
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

    /** A filtered list was shown. */
    void listed(int status, MultiMap headers, JsonNode body) {
        ended(status, Optional.empty());
        pass(status, headers, AnswerJson.write(body));
    }

    /** The budget has no room for the next page of a list, or nobody can say. */
    void overBudget(BudgetBook.Answer no) {
        if (no instanceof BudgetBook.Spent spent) {
            desk.outcomes().count(Outcome.OVER_BUDGET);
            ended(429, Optional.empty());
            answer.refuse(429, "over-budget", "API Rate limit exceeded.", Map.of("retry-after", Long.toString(spent.freeIn().toSeconds())));
        } else {
            desk.outcomes().count(Outcome.UNAVAILABLE);
            ended(503, Optional.empty());
            answer.unavailable("Postern cannot count calls at the moment.");
        }
    }

    /** A parameter of the client's that cannot be passed on as it is. */
    void unprocessable(String message) {
        ended(422, Optional.empty());
        answer.refuse(422, "paging", message);
    }

    /** Nothing that can be shown came: 502, 504 if nothing came in time, 503 if there is no memory for it now. */
    void failed(Throwable failure) {
        // What was written once must not be written again for want of memory.
        Throwable why = failure instanceof BodyMemory.Full && sent && checked.operation().write() ? new Unusable("there is no memory for it") : failure;
        if (answer.response().ended() || answer.response().closed()) {
            ended(502, Optional.empty());
            return;
        }
        boolean late = why instanceof TimeoutException || why.getCause() instanceof TimeoutException || String.valueOf(why.getMessage()).contains("timeout");
        int status = why instanceof BodyMemory.Full ? 503 : late ? 504 : 502;
        desk.outcomes().count(status == 503 ? Outcome.UNAVAILABLE : Outcome.PROVIDER_FAILED);
        ended(status, Optional.empty());
        if (answer.response().headWritten() && !answer.response().ended()) {
            answer.breakOff();
            return;
        }
        if (why instanceof BodyMemory.Full) {
            answer.unavailable("Postern has no memory for the answer at the moment.");
            return;
        }
        String reason = why instanceof Unusable ? why.getMessage() : why.getClass().getSimpleName();
        LOG.warn("The provider's answer could not be passed on " + LogKeys.REASON + reason);
        answer.refuse(status, "provider", late ? "The provider did not answer in time."
            : why instanceof ReadBody.TooLarge ? "The provider's answer is too large to be filtered."
            : why instanceof Unusable ? "The provider's answer cannot be passed on: " + why.getMessage() + "." : "The provider could not be reached.");
    }

    /** Tells of the call, once. */
    private Future<Void> ended(int status, Optional<CallJournal.Created> created) {
        if (told) {
            return Future.succeededFuture();
        }
        told = true;
        if (checked.operation().write()) {
            return desk.journal().ended(call, status, created);
        }
        desk.journal().read(call, status);
        return Future.succeededFuture();
    }
}
