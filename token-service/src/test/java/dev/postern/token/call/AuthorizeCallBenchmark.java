// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Measures a decision with grants of 1, 100 and 10,000 resources: less than 3 times as much at 10,000 as at 1. Not part of verify; run {@link #main}
 * from the class path of the tests.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AuthorizeCallBenchmark {
    private static final double GROWTH_MAX = 3;
    private static final String READ = "read one Droplet";
    private static final String ADD_RULE = "add a rule (body of 2 references)";
    private static final String READ_CREATED = "read one Droplet that was created under the grant";

    @Param({READ, ADD_RULE, READ_CREATED})
    public String kind;

    @Param({"1", "100", "10000"})
    public int resources;

    private CallGrant grant;
    private ApiCall[] calls;
    private int next;

    /** @param arguments none */
    public static void main(String... arguments) throws RunnerException {
        Map<String, Map<String, Double>> nanos = new HashMap<>();
        for (RunResult result : new Runner(new OptionsBuilder().include(AuthorizeCallBenchmark.class.getSimpleName()).build()).run()) {
            nanos.computeIfAbsent(result.getParams().getParam("kind"), none -> new HashMap<>())
                .put(result.getParams().getParam("resources"), result.getPrimaryResult().getScore());
        }
        nanos.forEach((kind, bySize) -> {
            double growth = bySize.get("10000") / bySize.get("1");
            System.out.printf("%-50s 10,000 resources cost %.2f x of one (less than %.0f)%n", kind, growth, GROWTH_MAX);
            if (growth >= GROWTH_MAX) {
                throw new IllegalStateException("the cost of a call grows with the grant");
            }
        });
    }

    @Setup
    public void prepare() {
        grant = grant(resources, kind.equals(READ_CREATED));
        calls = calls(resources, kind.equals(ADD_RULE));
    }

    @Benchmark
    public CallVerdict decide() {
        next = (next + 1) % calls.length;
        CallVerdict verdict = Calls.AUTHORIZE.decide(calls[next], grant, Calls.NOON);
        if (verdict instanceof CallVerdict.Refused) {
            throw new IllegalStateException("not allowed");
        }
        return verdict;
    }

    private static CallGrant grant(int resources, boolean created) {
        List<DigitalOceanApi> entries = new ArrayList<>();
        Map<Integer, Set<ResourceName>> own = new HashMap<>();
        if (created) {
            entries.add(Calls.entry("do:droplet:* droplet:create,droplet:read {\"own_created\": true}"));
            Set<ResourceName> all = new HashSet<>();
            for (int id = 1; id <= resources; id++) {
                all.add(new ResourceName("do:droplet:" + id));
            }
            own.put(0, all);
        } else {
            entries.add(Calls.entry("do:firewall:7 firewall:update"));
            for (int id = 1; id <= resources; id++) {
                entries.add(new DigitalOceanApi(new ResourceName("do:droplet:" + id), List.of("droplet:read"), Optional.empty()));
            }
        }
        return CallGrant.of(entries, Calls.LATER, own);
    }

    /** Up to 64 calls, spread over the resources. */
    private static ApiCall[] calls(int resources, boolean addRule) {
        ApiCall[] calls = new ApiCall[64];
        for (int index = 0; index < calls.length; index++) {
            int id = 1 + (int) ((long) index * resources / calls.length);
            calls[index] = !addRule ? Calls.call("GET", "/v2/droplets/" + id, null) : Calls.call("POST", "/v2/firewalls/7/rules",
                "{\"inbound_rules\": [{\"protocol\": \"tcp\", \"ports\": \"443\", \"sources\": {\"addresses\": [\"203.0.113.7\"], \"droplet_ids\": [" + id
                    + ", 1]}}]}");
        }
        return calls;
    }
}
