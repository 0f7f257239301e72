// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.benchmark.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One kind of request, sent over and over by wrk (Debian's package) from one core, over 32 connections. */
final class Wrk {
    private static final int SECONDS = 8;
    private static final int CONNECTIONS = 32;
    /** Rounds during which the JIT compiler still makes a JVM faster. */
    private static final int WARM_ROUNDS = 5;
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
    private static final Pattern P99 = Pattern.compile("99%\\s+([0-9.]+)(us|ms|s)");
    private static final Pattern NOT_OK = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

    private final List<String> command;

    private Wrk(List<String> more) {
        command = new ArrayList<>(List.of("taskset", "-c", "0", "wrk", "-t1", "-c" + CONNECTIONS, "-d" + SECONDS + "s", "--latency"));
        command.addAll(more);
    }

    /** Requests a second, and the 99th percentile in microseconds. */
    record Round(double perSecond, double p99Micros) {}

    /** GET of one droplet after the other, with a bearer token. @param script where wrk's own program for it may be written */
    static Wrk getEach(String url, int first, int count, String token, Path script) throws IOException {
        Files.writeString(script, """
            local asked = 0
            request = function()
                asked = asked + 1
                return wrk.format("GET", "/v2/droplets/" .. (%d + asked %% %d))
            end
            """.formatted(first, count));
        return new Wrk(List.of("-s", script.toString(), "-H", "Authorization: Bearer " + token, url));
    }

    /** POST of a form. @param script where wrk's own program for it may be written */
    static Wrk postForm(String url, String authorization, String form, Path script) throws IOException {
        Files.writeString(script, """
            wrk.method = "POST"
            wrk.body = "%s"
            wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
            """.formatted(form));
        return new Wrk(List.of("-s", script.toString(), "-H", "Authorization: " + authorization, url));
    }

    /** Every kind warmed, then measured in turns: so that what the machine does meanwhile meets all alike. */
    static Map<String, List<Round>> interleaved(Map<String, Wrk> all, int rounds) throws IOException, InterruptedException {
        Map<String, List<Round>> measured = new LinkedHashMap<>();
        for (Wrk each : all.values()) {
            for (int round = 0; round < WARM_ROUNDS; round++) {
                each.run();
            }
        }
        for (int round = 0; round < rounds; round++) {
            for (Map.Entry<String, Wrk> each : all.entrySet()) {
                measured.computeIfAbsent(each.getKey(), none -> new ArrayList<>()).add(each.getValue().run());
            }
        }
        return measured;
    }

    /** Prints medians and spread, and gives the medians. */
    static Map<String, Round> medians(Map<String, List<Round>> rounds) {
        Map<String, Round> medians = new LinkedHashMap<>();
        rounds.forEach((name, all) -> {
            List<Double> rates = all.stream().map(Round::perSecond).sorted().toList();
            List<Double> tails = all.stream().map(Round::p99Micros).sorted().toList();
            medians.put(name, new Round(rates.get(rates.size() / 2), tails.get(tails.size() / 2)));
            System.out.printf("%-25s %,8.0f requests/s (%,.0f to %,.0f), p99 %,.0f µs (%,.0f to %,.0f)%n", name, rates.get(rates.size() / 2), rates.get(0),
                rates.get(rates.size() - 1), tails.get(tails.size() / 2), tails.get(0), tails.get(tails.size() - 1));
        });
        return medians;
    }

    private Round run() throws IOException, InterruptedException {
        Process wrk = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(wrk.waitFor()).as(said).isZero();
        assertThat(NOT_OK.matcher(said).find()).as(said).isFalse();
        Matcher rate = RATE.matcher(said);
        Matcher p99 = P99.matcher(said);
        assertThat(rate.find() && p99.find()).as(said).isTrue();
        double unit = p99.group(2).equals("us") ? 1 : p99.group(2).equals("ms") ? 1_000 : 1_000_000;
        return new Round(Double.parseDouble(rate.group(1)), Double.parseDouble(p99.group(1)) * unit);
    }
}
