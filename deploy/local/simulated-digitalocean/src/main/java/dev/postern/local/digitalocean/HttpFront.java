package dev.postern.local.digitalocean;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * From the wire to an answer, in steps that stand apart: read, authenticate, charge the budget, apply, send, record. What is to go
 * wrong on purpose goes between two of these steps.
 */
final class HttpFront {
    static final int BODY_BYTES_MAX = 8 * 1024 * 1024;
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.\\-\\[\\]:]{1,255}");

    private final SimulatedDigitalOcean simulation;
    private final Routes cloud;
    private final Routes extra;

    HttpFront(SimulatedDigitalOcean simulation, Routes cloud, Routes extra) {
        this.simulation = simulation;
        this.cloud = cloud;
        this.extra = extra;
    }

    /** Reads the body, within bounds, and then goes on. */
    void receive(HttpServerRequest request) {
        long startedMicros = simulation.nowMicros();
        Buffer body = Buffer.buffer();
        boolean[] tooLarge = {false};
        request.handler(chunk -> {
            tooLarge[0] |= body.length() + chunk.length() > BODY_BYTES_MAX;
            if (!tooLarge[0]) {
                body.appendBuffer(chunk);
            }
        });
        request.endHandler(end -> answer(request, tooLarge[0] ? null : body.getBytes(), startedMicros));
    }

    /** @param body null where it was too large */
    private void answer(HttpServerRequest request, byte[] body, long startedMicros) {
        Exchange exchange = new Exchange();
        Answer answer;
        try {
            answer = body == null ? Answer.refusing(new Refusal(413, "payload_too_large", "The request body is too large.")) : routed(request, body, exchange);
        } catch (Refusal refusal) {
            answer = Answer.refusing(refusal);
        } catch (RuntimeException fault) {
            System.err.println("simulated-digitalocean fault=" + fault + " at=" + fault.getStackTrace()[0]);
            answer = Answer.refusing(new Refusal(500, "server_error", "Unexpected server-side error"));
        }
        Map<String, String> headers = new LinkedHashMap<>(exchange.limitHeaders);
        headers.putAll(answer.headers());
        headers.put("x-request-id", UUID.randomUUID().toString());
        byte[] sent = send(request.response(), answer, headers);
        if (!exchange.extra) {
            record(request, body, exchange, answer.status(), headers, sent, startedMicros);
        }
    }

    private Answer routed(HttpServerRequest request, byte[] body, Exchange exchange) {
        String path = request.path();
        if (path == null || !path.startsWith("/")) {
            throw Refusal.badRequest("The path is not one.");
        }
        exchange.extra = path.startsWith(SimulationCalls.PREFIX + "/");
        synchronized (simulation.lock()) { // one call at a time: what a client reads is never half a change
            long nowMicros = simulation.nowMicros();
            Settings settings = simulation.settings();
            if (exchange.extra) {
                return extra.answer(call(request, path, body, simulation.firstAccount(), nowMicros, settings));
            }
            authenticate(request, exchange, settings, nowMicros);
            Answer overBudget = charge(exchange, settings, nowMicros);
            return overBudget != null ? overBudget : cloud.answer(call(request, path, body, exchange.account, nowMicros, settings));
        }
    }

    private void authenticate(HttpServerRequest request, Exchange exchange, Settings settings, long nowMicros) {
        String authorization = request.getHeader(HttpHeaderNames.AUTHORIZATION);
        String token = authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7) ? authorization.substring(7).trim() : null;
        exchange.account = simulation.accountOf(token);
        if (exchange.account == null) {
            exchange.limitHeaders = new RateLimit().headers(settings, nowMicros);
            throw Refusal.unauthorized();
        }
        exchange.limit = simulation.limitOf(token);
    }

    /** Null if the call may pass. */
    private Answer charge(Exchange exchange, Settings settings, long nowMicros) {
        long retryAfterSeconds = exchange.limit.take(settings, nowMicros);
        exchange.limitHeaders = exchange.limit.headers(settings, nowMicros);
        return retryAfterSeconds < 0 ? null : Answer.refusing(new Refusal(429, "too_many_requests", "API Rate limit exceeded."),
                Map.of("retry-after", Long.toString(retryAfterSeconds)));
    }

    private Call call(HttpServerRequest request, String path, byte[] body, CloudAccount account, long nowMicros, Settings settings) {
        String host = request.getHeader(HttpHeaderNames.HOST);
        String base = host != null && HOST.matcher(host).matches() ? "http://" + host : simulation.url();
        return new Call(request.method().name(), path, Map.of(), query(request.query()), request.getHeader(HttpHeaderNames.CONTENT_TYPE), body, account,
                nowMicros, settings, base);
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

    /** Null where the answer has no body. */
    private static byte[] send(HttpServerResponse response, Answer answer, Map<String, String> headers) {
        response.setStatusCode(answer.status());
        headers.forEach(response::putHeader);
        if (answer.body() == null) {
            response.end();
            return null;
        }
        headers.put("content-type", "application/json; charset=utf-8");
        response.putHeader(HttpHeaderNames.CONTENT_TYPE, headers.get("content-type"));
        try {
            byte[] bytes = Json.MAPPER.writeValueAsBytes(answer.body());
            response.end(Buffer.buffer(bytes));
            return bytes;
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    private void record(HttpServerRequest request, byte[] body, Exchange exchange, int status, Map<String, String> answerHeaders, byte[] sent,
                        long startedMicros) {
        Settings settings = simulation.settings();
        if (settings.callsRecorded() == 0) {
            return;
        }
        Map<String, String> requestHeaders = new LinkedHashMap<>();
        request.headers().forEach((name, value) -> {
            if (!name.equalsIgnoreCase("authorization")) {
                requestHeaders.put(name.toLowerCase(Locale.ROOT), value);
            }
        });
        boolean bodies = settings.bodiesRecorded();
        simulation.recorder().add(new RecordedCall(exchange.account == null ? null : exchange.account.name(), request.method().name(), request.path(),
                request.query(), requestHeaders, bodies && body != null && body.length > 0 ? new String(body, StandardCharsets.UTF_8) : null,
                status, answerHeaders, bodies && sent != null ? new String(sent, StandardCharsets.UTF_8) : null, startedMicros,
                simulation.nowMicros() - startedMicros), settings.callsRecorded());
    }

    /** What is learnt of a call while it is answered. */
    private static final class Exchange {
        private boolean extra;
        private CloudAccount account;
        private RateLimit limit;
        private Map<String, String> limitHeaders = Map.of();
    }
}
