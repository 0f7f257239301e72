package dev.postern.firewall;

import static dev.postern.firewall.Examples.SHOP;
import static dev.postern.firewall.Examples.TAGGED;
import static dev.postern.firewall.Examples.tcp;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What a plan costs: made anew, made from what is shown with 1 % new and 1 % ended, and for one change of a layout that stands. At 50,000 openings a plan
 * takes at most 100 ms. Not part of verify; run {@link #main} from the class path of the tests.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PlanCostBenchmark {
    private static final int STEP = 31;

    @Param({"1000", "50000"})
    public int openings;

    private Set<Access> wanted;
    private Set<Access> moved;
    private List<ShownFirewall> shown;
    private FirewallLayout layout;
    private List<Access> all;
    private int next;

    /** @param arguments none */
    public static void main(String... arguments) throws RunnerException {
        new Runner(new OptionsBuilder().include(PlanCostBenchmark.class.getSimpleName()).build()).run();
    }

    @Setup
    public void prepare() {
        wanted = many(0, openings);
        moved = many(openings / 100, openings);
        shown = new PureProvider(List.of(), ProviderLimits.DIGITALOCEAN).does(plan(wanted, List.of())).firewalls();
        layout = FirewallLayout.of(SHOP, Optional.of(TAGGED), wanted, shown, ProviderLimits.DIGITALOCEAN);
        all = List.copyOf(wanted);
    }

    @Benchmark
    public FirewallPlan anew() {
        return plan(wanted, List.of());
    }

    @Benchmark
    public FirewallPlan fromWhatIsShown() {
        return plan(moved, shown);
    }

    @Benchmark
    public FirewallPlan oneChange() {
        next = (next + STEP) % all.size();
        List<Access> one = List.of(all.get(next));
        layout.change(one, List.of());
        FirewallPlan plan = layout.plan(Set.of());
        layout.change(List.of(), one);
        return plan;
    }

    private static FirewallPlan plan(Set<Access> wanted, List<ShownFirewall> own) {
        return PlanFirewall.plan(SHOP, Optional.of(TAGGED), wanted, own, Set.of(), ProviderLimits.DIGITALOCEAN);
    }

    private static Set<Access> many(int from, int count) {
        return IntStream.range(from, from + count).mapToObj(n -> tcp(5432, "198." + (18 + n / 62_500) + "." + n / 250 % 250 + "." + (1 + n % 250)))
            .collect(Collectors.toCollection(HashSet::new));
    }
}
