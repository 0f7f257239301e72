// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.edge.Problem;
import dev.postern.token.LogKeys;
import dev.postern.token.http1.StrictHttpGuard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * The way of every call, step by step. Each step gives the next one what it needs, or fails with the {@link CallRefusal} that ends the call; until the last one
 * nothing has been sent to the provider. One instance for each event loop.
 */
final class GatewayPipeline {
    private static final Logger LOG = Logger.getLogger(GatewayPipeline.class);

    private final GatewayContext context;
    private final Vertx vertx;
    private final VerifyToken token;
    private final MatchOperation operation;
    private final ReadRequestBody body;
    private final DecideCall decision;
    private final TakeLimits limits;
    private final TakeBudget budget;
    private final BeginRecord journal;

    GatewayPipeline(GatewayContext context, Vertx vertx) {
        this.context = context;
        this.vertx = vertx;
        this.token = new VerifyToken(context.verifier());
        this.operation = new MatchOperation(context.operations());
        this.body = new ReadRequestBody(vertx);
        this.budget = new TakeBudget();
        this.decision = new DecideCall(context, token, budget);
        this.limits = new TakeLimits(context.limits());
        this.journal = new BeginRecord(context.journal());
    }

    /** Answers a call, sooner or later. */
    void handle(HttpServerRequest request, StrictHttpGuard guard) {
        GatewayCall call = new GatewayCall(vertx.getOrCreateContext(), request, guard,
            new ClientAnswer(request, guard, context.publicUrl(), context.memory().lease()));
        if (call.head().hasBody()) {
            request.pause();
        }
        if (isForDocuments(call)) {
            showDocument(call);
            return;
        }
        token.verify(call)
            .compose(grant -> operation.match(call))
            .compose(matched -> body.read(call))
            .compose(read -> decision.decide(call, read))
            .compose(allowed -> limits.take(call, allowed))
            .compose(allowed -> budget.take(call, allowed))
            .compose(charged -> journal.begin(call, charged))
            .compose(charged -> forward(call, charged))
            .onFailure(why -> refuse(call, why));
    }

    private Future<Void> forward(GatewayCall call, ChargedCall charged) {
        new UpstreamCall(context, token, budget, call, charged).send();
        return Future.succeededFuture();
    }

    /** A refusal of a live token is on record before the client hears of it. */
    private void refuse(GatewayCall call, Throwable why) {
        if (why instanceof ReadRequestBody.ClientGone) {
            call.answer().breakOff();
        } else if (!(why instanceof CallRefusal refusal)) {
            fault(call, why);
        } else if (!refusal.isRecorded()) {
            tell(call, refusal);
        } else {
            context.outcomes().count(refusal.outcome());
            call.onLoop(context.journal().refused(call.record(refusal.resources()), refusal.status(), refusal.rule()))
                .onSuccess(recorded -> call.answer().refuse(refusal))
                .onFailure(unrecorded -> tell(call, BeginRecord.UNRECORDED));
        }
    }

    private void tell(GatewayCall call, CallRefusal refusal) {
        context.outcomes().count(refusal.outcome());
        call.answer().refuse(refusal);
    }

    private static void fault(GatewayCall call, Throwable fault) {
        // Without its message, which may repeat what was sent.
        StackTraceElement[] stack = fault.getStackTrace();
        LOG.error("Gateway call failed unexpectedly; answering with an error " + LogKeys.CALL + call.answer().id() + " " + LogKeys.REASON
            + fault.getClass().getName() + (stack.length == 0 ? "" : " at " + stack[0]));
        call.answer().refuse(500, "fault", "Unexpected server-side error");
    }

    /** Problem documents are open to everybody. */
    private static boolean isForDocuments(GatewayCall call) {
        List<String> segments = call.head().target().segments();
        return segments.size() == 2 && segments.get(0).equals("problems") && call.head().method().equals("GET") && !call.head().hasBody();
    }

    private static void showDocument(GatewayCall call) {
        ProblemDocuments.of(call.head().target().segments().get(1)).ifPresentOrElse(document -> {
            call.answer().response().putHeader("content-type", Problem.MEDIA_TYPE);
            call.answer().finish(Buffer.buffer(document));
        }, () -> call.answer().refuse(404, "no-such-rule", ErrorBodies.NOT_FOUND));
    }
}
