// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.local.stack.LocalStack;
import dev.postern.local.stack.StackEndpoint;
import dev.postern.local.stack.ServiceProcess;
import dev.postern.system.SharedStack;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** More than 500 malformed requests on every route of every service: refused, in order, with nothing told and nothing changed. */
@ExtendWith(SharedStack.class)
class HostileRequestsIT {
    private static final long SEED = Long.getLong("postern.hostile.seed", 20_260_101L);
    /** Part of the name of the routes to try; all, unless somebody looks at one. */
    private static final String ONLY = System.getProperty("postern.hostile.only", "");
    /** Requests for each route, so that all routes take minutes; {@code -Dpostern.hostile.per.route=100000} sends all there are. */
    private static final int PER_ROUTE = Integer.getInteger("postern.hostile.per.route", 520);
    private static final int SENDERS = 6;
    private static final Duration TOKEN_KEPT = Duration.ofSeconds(120);
    /** Content that no answer may hold: lines of a stack trace, names of classes, pages of a framework, statements. */
    private static final Pattern LEAK = Pattern.compile(
        "(?m)^\\s+at [\\w.$]+\\(|\\.java:\\d+\\)|\\b\\w+(Exception|Error)\\b[:(]|Caused by:|\\b(java|jakarta|io\\.quarkus|io\\.vertx|org\\.hibernate|org\\.keycloak|com\\.fasterxml|io\\.netty)\\.\\w"
            + "|SQLSTATE|<html|Error id ");

    /** Results of one service and one family of requests, for the record. */
    private record Sent(int requests, List<String> faults, Map<Integer, Integer> statuses) {}

    @TestFactory
    Stream<DynamicTest> noMalformedRequestBreaksARouteOrChangesAnything(LocalStack stack) {
        List<Route> routes = Routes.of(stack).stream().filter(route -> route.name().contains(ONLY)).toList();
        Map<String, String> before = settled(stack);
        Map<String, Long> processes = processes(stack);
        Stream<DynamicTest> corpora = routes.stream().map(route -> DynamicTest.dynamicTest(route.name(), () -> {
            List<HostileRequest> corpus = HostileRequests.part(HostileRequests.of(route, SEED), PER_ROUTE, SEED);
            Instant start = Instant.now();
            assertThat(corpus).hasSizeGreaterThanOrEqualTo(HostileRequests.PER_ROUTE_MIN);
            Sent sent = send(stack, route, corpus, token(stack, route.call().caller()));
            System.out.printf("%-60s %5d requests %6d ms %s%n", route.name(), sent.requests(), Duration.between(start, Instant.now()).toMillis(),
                sent.statuses());
            assertThat(sent.faults()).as("seed %d", SEED).isEmpty();
        }));
        return Stream.concat(corpora, Stream.of(
            DynamicTest.dynamicTest("the services are the same processes, and ready", () -> {
                assertThat(processes(stack)).isEqualTo(processes);
                assertThat(stack.services()).allMatch(ServiceProcess::isReady);
            }),
            DynamicTest.dynamicTest("no table and no topic has changed", () -> assertThat(settled(stack)).isEqualTo(before))));
    }

    /** Ways around a guard that goes by paths: what needs a token must need it however the path is written. */
    @Test
    void noWayToWriteAPathGetsInWithoutAToken(LocalStack stack) {
        List<String> opened = new ArrayList<>();
        for (Route route : Routes.of(stack)) {
            if (route.template().startsWith("/.well-known")) {
                continue;
            }
            List<HostileRequest> tricks = new ArrayList<>(HostileTargets.paths(route, new java.util.Random(SEED)));
            for (String target : List.of(route.path(), "//" + route.path().substring(1), route.path() + "/", route.path() + ";a=b",
                route.path().replace("/", "//"), "/x/.." + route.path(),
                "/./" + route.path().substring(1), "/%2e" + route.path(), "/q/.." + route.path(), "/q/%2e%2e" + route.path(), "/q/health/../.." + route.path(),
                "http://localhost" + route.path(),
                route.path().replaceFirst("(\\w)", "%" + Integer.toHexString(route.path().charAt(1))), ";" + route.path(), "/;x" + route.path(),
                "/q;x/.." + route.path(), route.path() + "?/q/health")) {
                tricks.add(new HostileRequest.Builder(route, "paths", target).target(target).authorization("").maySilentlyClose().build());
            }
            for (HostileRequest trick : tricks) {
                HostileRequest anonymous = new HostileRequest(trick.family(), trick.what(),
                    trick.head().replace("Authorization: Bearer " + HostileRequest.TOKEN + "\r\n", ""),
                    trick.body(), true);
                RawAnswer answer = RawAnswer.to(URI.create(stack.service(route.service()).url()), anonymous, "");
                if (answer.status() >= 200 && answer.status() < 300) {
                    opened.add(route.name() + " " + anonymous + " -> " + answer.status());
                }
            }
        }
        assertThat(opened).isEmpty();
    }

    /** A refusal of a media type or method names the right ones, in the body and in the header that HTTP has for it. */
    @Test
    void everyRouteSaysWhichMethodsItTakesAndWhatItReadsAndAnswers(LocalStack stack) throws Exception {
        List<Route> routes = Routes.of(stack);
        List<String> wrong = new ArrayList<>();
        Map<String, Callable<String>> tokens = new TreeMap<>();
        for (Route route : routes) {
            URI service = URI.create(stack.service(route.service()).url());
            String token = tokens.computeIfAbsent(route.call().caller(), caller -> token(stack, caller)).call();
            HostileRequest patch = new HostileRequest.Builder(route, "methods", "PATCH").method("PATCH").build();
            expect(wrong, route, patch, RawAnswer.to(service, patch, token), 405, "allow: ", route.method());
            HostileRequest.Builder accepting = new HostileRequest.Builder(route, "headers", "an unheard-of Accept").header("Accept: application/x-unheard-of");
            HostileRequest unheard = (route.call().body() == null ? accepting : accepting.body(route.call().body())).build();
            expect(wrong, route, unheard, RawAnswer.to(service, unheard, token), 406, "", "");
            if (route.call().body() != null) {
                HostileRequest untyped = new HostileRequest.Builder(route, "headers", "no Content-Type").contentType(null).build();
                expect(wrong, route, untyped, RawAnswer.to(service, untyped, token), 415, "accept: ", route.call().contentType());
                HostileRequest typed = new HostileRequest.Builder(route, "headers", "another Content-Type").contentType("application/x-unheard-of").build();
                expect(wrong, route, typed, RawAnswer.to(service, typed, token), 415, "accept: ", route.call().contentType());
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(routes).hasSizeGreaterThan(20);
    }

    /** @param header name of the header line that has the text, in lower case; empty for none */
    private static void expect(List<String> wrong, Route route, HostileRequest request, RawAnswer answer, int status, String header, String text) {
        boolean said = header.isEmpty()
            || answer.head().lines().anyMatch(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith(header) && line.contains(text));
        if (answer.status() != status || !said || !answer.body().contains(text) || !answer.body().contains("\"status\":" + status)) {
            wrong.add(route.name() + " " + request.what() + " -> " + answer.status() + " " + answer.body());
        }
    }

    /** Some clients resolve localhost to ::1 and try nothing else. */
    @Test
    void everyPlaceAnswersOnBothLoopbackAddresses(LocalStack stack) throws Exception {
        List<Integer> ports = new ArrayList<>(stack.services().stream().map(service -> URI.create(service.url()).getPort()).toList());
        ports.addAll(List.of(URI.create(stack.gatewayUrl()).getPort(), URI.create(stack.cloudUrl()).getPort(), URI.create(stack.edgeUrl()).getPort()));
        for (String loopback : List.of("127.0.0.1", "[::1]")) {
            for (int port : ports) {
                HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + loopback + ":" + port + "/v2/account")).timeout(Duration.ofSeconds(10))
                    .build();
                assertThat(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).statusCode()).as("%s %d", loopback, port)
                    .isBetween(200, 499);
            }
        }
    }

    @Test
    void everyServiceShowsItsMetricsOnThePortOfTheMetricsAlone(LocalStack stack) throws Exception {
        for (var service : stack.services()) {
            int port = stack.settings().ports().of(StackEndpoint.metricsOf(service.name()));
            HttpResponse<String> metrics = get("http://127.0.0.1:" + port + "/q/metrics");
            assertThat(metrics.statusCode()).as(service.name()).isEqualTo(200);
            assertThat(metrics.body()).as(service.name()).contains("postern_requests_refused_total");
            assertThat(get(service.url() + "/q/metrics").statusCode()).as(service.name() + ", port of the API").isEqualTo(404);
            assertThat(get(service.url() + "/q/openapi").statusCode()).as(service.name() + ", description of the API").isEqualTo(200);
            assertThat(get("http://127.0.0.1:" + port + "/entries").statusCode()).as(service.name() + ", another route").isEqualTo(404);
        }
    }

    private static HttpResponse<String> get(String url) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10)).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static Sent send(LocalStack stack, Route route, List<HostileRequest> corpus, Callable<String> token)
        throws InterruptedException, ExecutionException {
        URI service = URI.create(stack.service(route.service()).url());
        Map<Integer, Integer> statuses = new ConcurrentHashMap<>();
        ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
        try {
            List<Future<String>> running = new ArrayList<>();
            for (HostileRequest request : corpus) {
                running.add(senders.submit(() -> {
                    RawAnswer answer = RawAnswer.to(service, request, token.call());
                    statuses.merge(answer.status(), 1, Integer::sum);
                    return fault(request, answer);
                }));
            }
            List<String> faults = new ArrayList<>();
            for (Future<String> each : running) {
                if (each.get() != null) {
                    faults.add(each.get());
                }
            }
            return new Sent(corpus.size(), faults.subList(0, Math.min(25, faults.size())), new TreeMap<>(statuses));
        } finally {
            senders.shutdownNow();
        }
    }

    /** Returns the fault of an answer; null if it has none. */
    private static String fault(HostileRequest request, RawAnswer answer) {
        if (answer.status() == RawAnswer.NOTHING || answer.status() == RawAnswer.CLOSED && !request.silent()) {
            return request + " -> no answer";
        }
        if (answer.status() >= 500) {
            return request + " -> " + answer.status() + " " + answer.body();
        }
        if (LEAK.matcher(answer.body()).find()) {
            return request + " -> tells too much: " + answer.body();
        }
        boolean refusal = answer.status() >= 400 && !answer.body().isEmpty();
        if (refusal && !answer.head().toLowerCase(java.util.Locale.ROOT).matches("(?s).*content-type: application/(problem\\+)?json.*")) {
            return request + " -> refused, but not as JSON: " + answer.head();
        }
        return null;
    }

    /** The state once nothing moves any more. */
    private static Map<String, String> settled(LocalStack stack) {
        List<Map<String, String>> readings = new ArrayList<>();
        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofSeconds(1)).until(() -> {
            readings.add(StateOfAll.of(stack));
            int last = readings.size() - 1;
            return last >= 2 && readings.get(last).equals(readings.get(last - 1)) && readings.get(last).equals(readings.get(last - 2));
        });
        return readings.get(readings.size() - 1);
    }

    private static Map<String, Long> processes(LocalStack stack) {
        Map<String, Long> processes = new TreeMap<>();
        stack.services().forEach(service -> processes.put(service.name(), service.pid().orElse(-1)));
        return processes;
    }

    /** A token that is fresh enough, for all senders together. */
    private static Callable<String> token(LocalStack stack, String caller) {
        return new Callable<>() {
            private String token;
            private Instant since;

            @Override
            public synchronized String call() {
                if (token == null || Instant.now().isAfter(since.plus(TOKEN_KEPT))) {
                    token = caller.contains("portal") ? stack.tokens().client(caller) : stack.tokens().password(caller);
                    since = Instant.now();
                }
                return token;
            }
        };
    }
}
