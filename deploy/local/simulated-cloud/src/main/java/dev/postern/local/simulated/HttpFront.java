// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * From the wire to an answer, in steps that stand apart: read, authenticate, charge the budget, choose what goes wrong, apply, send,
 * record. What goes wrong on purpose goes wrong between two of these steps.
 */
final class HttpFront<C extends Caller> {
    private final Vertx vertx;
    private final Provider<C> provider;
    private final Routes<SimulatedRequest> control;
    private final Faults faults;
    private final CallRecorder recorder;

    HttpFront(Vertx vertx, Provider<C> provider, Routes<SimulatedRequest> control, Faults faults, CallRecorder recorder) {
        this.vertx = vertx;
        this.provider = provider;
        this.control = control;
        this.faults = faults;
        this.recorder = recorder;
    }

    /** Reads the body, within bounds, and then goes on. */
    void receive(HttpServerRequest request) {
        long startedMicros = provider.nowMicros();
        Buffer body = Buffer.buffer();
        boolean[] tooLarge = {false};
        request.handler(chunk -> {
            tooLarge[0] |= body.length() + chunk.length() > Simulation.BODY_BYTES_MAX;
            if (!tooLarge[0]) {
                body.appendBuffer(chunk);
            }
        });
        request.endHandler(end -> begin(new SimulatedExchange<>(request, tooLarge[0] ? null : body.getBytes(), startedMicros)));
    }

    private void begin(SimulatedExchange<C> exchange) {
        String path = exchange.request.path();
        if (path != null && path.startsWith(Simulation.CONTROL + "/")) {
            send(exchange, guarded(() -> {
                synchronized (provider.lock()) {
                    return control.answer(asked(exchange, Mishap.NONE), asked -> asked);
                }
            }), Damage.NONE);
            return;
        }
        SimulatedResponse refused = guarded(() -> admitted(exchange, path));
        if (refused != null) {
            send(exchange, refused, Damage.NONE);
        } else {
            beforeApplying(exchange);
        }
    }

    /** Null if the call may pass; what goes wrong with it is then chosen. */
    private SimulatedResponse admitted(SimulatedExchange<C> exchange, String path) {
        if (exchange.body == null) {
            throw new Refusal(413, "payload_too_large", "The request body is too large.");
        }
        if (path == null || !path.startsWith("/")) {
            throw Refusal.badRequest("The path is not one.");
        }
        synchronized (provider.lock()) {
            long nowMicros = provider.nowMicros();
            exchange.headers = provider.headers(null, nowMicros);
            exchange.caller = provider.authenticate(token(exchange.request), path);
            long retryAfterSeconds = provider.charge(exchange.caller, nowMicros);
            exchange.headers = provider.headers(exchange.caller, nowMicros);
            if (retryAfterSeconds >= 0) {
                throw Refusal.overBudget(retryAfterSeconds);
            }
            exchange.hits = faults.select(exchange.request.method().name(), path, exchange.caller.account(), nowMicros);
        }
        return null;
    }

    private static String token(HttpServerRequest request) {
        String authorization = request.getHeader(HttpHeaderNames.AUTHORIZATION);
        return authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7) ? authorization.substring(7).trim() : null;
    }

    private void beforeApplying(SimulatedExchange<C> exchange) {
        Damage damage = Damage.of(exchange.hits);
        waiting(damage.delayBefore(), () -> {
            if (damage.holdBefore() != null) {
                closeAfter(exchange, damage.holdBefore());
            } else if (damage.statusBefore() != null) {
                afterApplying(exchange, instead(damage.statusBefore()), damage);
            } else {
                afterApplying(exchange, guarded(() -> applied(exchange, damage.mishap())), damage);
            }
        });
    }

    private SimulatedResponse applied(SimulatedExchange<C> exchange, Mishap mishap) {
        synchronized (provider.lock()) {
            return provider.apply(asked(exchange, mishap), exchange.caller);
        }
    }

    private void afterApplying(SimulatedExchange<C> exchange, SimulatedResponse answer, Damage damage) {
        SimulatedResponse shown = damage.statusAfter() == null ? answer : instead(damage.statusAfter());
        waiting(damage.delayAfter(), () -> {
            if (damage.holdAfter() != null) {
                closeAfter(exchange, damage.holdAfter());
            } else {
                send(exchange, shown, damage);
            }
        });
    }

    private SimulatedResponse instead(Fault.Status status) {
        Map<String, String> headers = status.retryAfterSeconds() == null ? Map.of() : Map.of("retry-after", status.retryAfterSeconds().toString());
        return refusing(status.status() == 429 ? new Refusal(429, "too_many_requests", "API Rate limit exceeded.", headers)
            : new Refusal(status.status(), "server_error", "Unexpected server-side error", headers));
    }

    private void waiting(long milliseconds, Runnable then) {
        if (milliseconds == 0) {
            then.run();
        } else {
            vertx.setTimer(milliseconds, timer -> then.run());
        }
    }

    private void closeAfter(SimulatedExchange<C> exchange, Long milliseconds) {
        waiting(milliseconds, () -> {
            record(exchange, 0, Map.of(), null);
            exchange.request.connection().close();
        });
    }

    private SimulatedResponse guarded(Supplier<SimulatedResponse> step) {
        try {
            return step.get();
        } catch (Refusal refusal) {
            return refusing(refusal);
        } catch (RuntimeException fault) {
            System.err.println(provider.name() + " fault=" + fault + " at=" + fault.getStackTrace()[0]);
            return refusing(new Refusal(500, "server_error", "Unexpected server-side error"));
        }
    }

    private SimulatedResponse refusing(Refusal refusal) {
        SimulatedResponse answer = provider.refusing(refusal);
        Map<String, String> headers = new LinkedHashMap<>(answer.headers());
        headers.putAll(refusal.headers());
        return new SimulatedResponse(answer.status(), answer.body(), headers);
    }

    private SimulatedRequest asked(SimulatedExchange<C> exchange, Mishap mishap) {
        HttpServerRequest request = exchange.request;
        if (exchange.body == null) {
            throw new Refusal(413, "payload_too_large", "The request body is too large.");
        }
        return new SimulatedRequest(request.method().name(), request.path(), Map.of(), query(request.query()), request.getHeader(HttpHeaderNames.CONTENT_TYPE),
            exchange.body, provider.nowMicros(), mishap);
    }

    private static Map<String, String> query(String raw) {
        if (raw == null || raw.isEmpty()) {
            return Map.of();
        }
        Map<String, String> query = new LinkedHashMap<>();
        for (String pair : raw.split("&")) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            query.putIfAbsent(Routes.decoded(name.replace('+', ' ')), Routes.decoded(value.replace('+', ' ')));
        }
        return query;
    }

    private void send(SimulatedExchange<C> exchange, SimulatedResponse answer, Damage damage) {
        Map<String, String> headers = new LinkedHashMap<>(exchange.headers);
        headers.putAll(answer.headers());
        byte[] body = answer.body() == null ? null : damage.spoiled(bytes(answer));
        if (body != null) {
            headers.put("content-type", "application/json; charset=utf-8");
        }
        exchange.request.response().setStatusCode(answer.status());
        headers.forEach(exchange.request.response()::putHeader);
        if (!exchange.isControl()) {
            record(exchange, answer.status(), headers, body);
        }
        if (body != null && exchange.request.method() == HttpMethod.HEAD) {
            exchange.request.response().putHeader(HttpHeaderNames.CONTENT_LENGTH, String.valueOf(body.length)).end();
        } else if (body == null) {
            exchange.request.response().end();
        } else if (damage.perByteMilliseconds() > 0) {
            Trickling.start(vertx, exchange.request.response(), body, damage.perByteMilliseconds());
        } else {
            exchange.request.response().end(Buffer.buffer(body));
        }
    }

    private static byte[] bytes(SimulatedResponse answer) {
        try {
            return Json.MAPPER.writeValueAsBytes(answer.body());
        } catch (JsonProcessingException unwritable) {
            throw new IllegalStateException(unwritable);
        }
    }

    private void record(SimulatedExchange<C> exchange, int status, Map<String, String> headers, byte[] sent) {
        Provider.Recording recording = provider.recording();
        if (recording.calls() > 0) {
            recorder.add(exchange.recorded(status, headers, sent, provider.nowMicros(), recording.bodies()), recording.calls());
        }
    }
}
