// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.plan;

import static dev.postern.firewall.Examples.SHOP;
import static dev.postern.firewall.Examples.TAGGED;
import static dev.postern.firewall.Examples.tcp;

import java.util.HashSet;
import java.util.List;
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
 * Measures a plan for 50,000 openings of one service: at most 100 ms on an idle machine. Not part of verify; run {@link #main} from the class path of the
 * tests.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class PlanFirewallBenchmark {
    private static final int OPENINGS = 50_000;
    private static final double MILLIS_MAX = 100;
    private static final String IN_SYNC = "in sync";
    private static final String ONE_CHANGE = "one end, one grant";
    private static final String ALL_NEW = "nothing observed";

    @Param({IN_SYNC, ONE_CHANGE, ALL_NEW})
    public String observedState;

    private DesiredState desired;
    private ObservedState observed;

    /** @param arguments none */
    public static void main(String... arguments) throws RunnerException {
        for (RunResult result : new Runner(new OptionsBuilder().include(PlanFirewallBenchmark.class.getSimpleName()).build()).run()) {
            double millis = result.getPrimaryResult().getScore();
            System.out.printf("%-20s %.1f ms (at most %.0f)%n", result.getParams().getParam("observedState"), millis, MILLIS_MAX);
            if (millis > MILLIS_MAX) {
                throw new IllegalStateException("a plan for " + OPENINGS + " openings takes too long");
            }
        }
    }

    @Setup
    public void prepare() {
        Set<Access> wanted = new HashSet<>();
        for (int at = 0; at < OPENINGS; at++) {
            wanted.add(tcp(5432, "198.18." + at / 256 + "." + at % 256));
        }
        List<ShownFirewall> shown = observedState.equals(ALL_NEW) ? List.of() : shown(wanted);
        if (observedState.equals(ONE_CHANGE)) {
            wanted.remove(tcp(5432, "198.18.7.7"));
            wanted.add(tcp(5432, "203.0.113.7"));
        }
        desired = DesiredState.of(SHOP, Optional.of(TAGGED), wanted);
        observed = ObservedState.of(shown, Set.of());
    }

    private static List<ShownFirewall> shown(Set<Access> wanted) {
        FirewallPlan creation = PlanFirewall.plan(DesiredState.of(SHOP, Optional.of(TAGGED), wanted), ObservedState.of(List.of(), Set.of()),
            ProviderLimits.DIGITALOCEAN);
        return new PureProvider(List.of(), ProviderLimits.DIGITALOCEAN).does(creation).firewalls();
    }

    @Benchmark
    public FirewallPlan plan() {
        return PlanFirewall.plan(desired, observed, ProviderLimits.DIGITALOCEAN);
    }
}
