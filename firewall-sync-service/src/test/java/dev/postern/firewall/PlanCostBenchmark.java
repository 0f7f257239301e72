package dev.postern.firewall;

import static dev.postern.firewall.Examples.SHOP;
import static dev.postern.firewall.Examples.TAGGED;

import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.SourceAddress;
import java.util.ArrayList;
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
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What a plan costs, as the service makes it: anew, with nothing or with everything shown, and with the layout that is kept, where one opening came or went.
 * At 50,000 openings a plan made anew takes at most 100 ms, and one change costs that of one change. That what was read again is what the layout stands on
 * is found out by comparing all of it; that is measured by itself, and together with the change in what an activation does. Not part of verify; run
 * {@link #main} from the class path of the tests.
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

    private final FirewallLayout layout = new FirewallLayout(SHOP, ProviderLimits.DIGITALOCEAN);
    private final FirewallLayout running = new FirewallLayout(SHOP, ProviderLimits.DIGITALOCEAN);
    private Set<Access> wanted;
    private Set<Access> without;
    private List<ShownFirewall> shown;
    private List<ShownFirewall> shownWithout;
    private List<Access> all;
    private int next;

    /** @param arguments none */
    public static void main(String... arguments) throws RunnerException {
        new Runner(new OptionsBuilder().include(PlanCostBenchmark.class.getSimpleName()).build()).run();
    }

    @Setup
    public void prepare() {
        wanted = many(openings);
        all = List.copyOf(wanted);
        shown = readAgain(anew(), List.of());
        plan(layout, wanted, shown);
        plan(running, wanted, shown);
        List<SourceAddress> sources = shown.get(0).inbound().get(0).sources();
        Access last = new Access(all.get(0).protocol(), all.get(0).ports(), sources.get(sources.size() - 1));
        without = many(openings);
        without.remove(last);
        shownWithout = readAgain(plan(running, without, shown), shown);
        shown = readAgain(plan(running, wanted, shownWithout), shownWithout);
    }

    /** What the provider shows after a plan, read anew: the addresses are remembered ones, the lists are not. */
    private static List<ShownFirewall> readAgain(FirewallPlan plan, List<ShownFirewall> before) {
        return new PureProvider(before, ProviderLimits.DIGITALOCEAN).does(plan).firewalls().stream().map(firewall -> new ShownFirewall(firewall.id(),
            firewall.name(), firewall.inbound().stream().map(rule -> new FirewallRule(rule.door(), new ArrayList<>(rule.sources()))).toList(), List.of(), TAGGED,
            ShownFirewall.Progress.DONE)).toList();
    }

    @Benchmark
    public FirewallPlan anew() {
        return plan(new FirewallLayout(SHOP, ProviderLimits.DIGITALOCEAN), wanted, List.of());
    }

    @Benchmark
    public FirewallPlan anewFromWhatIsShown() {
        return plan(new FirewallLayout(SHOP, ProviderLimits.DIGITALOCEAN), wanted, shown);
    }

    /** One is over, and then is granted again. */
    @Benchmark
    @OperationsPerInvocation(2)
    public void oneChangeOfAKeptLayout(Blackhole plans) {
        next = (next + STEP) % all.size();
        List<Access> one = List.of(all.get(next));
        layout.change(new FirewallLayout.Change(one, List.of()));
        plans.consume(layout.plan(Set.of()));
        layout.change(new FirewallLayout.Change(List.of(), one));
        plans.consume(layout.plan(Set.of()));
    }

    /** Everything that was read again, with what the kept layout stands on. */
    @Benchmark
    public Optional<FirewallLayout.Change> comparison() {
        return running.changeTo(Optional.of(TAGGED), wanted, shown);
    }

    /** As activations plan, comparison and all: one is over, the provider shows that they went; one is granted, the provider shows that they came. */
    @Benchmark
    @OperationsPerInvocation(2)
    public void activationWithOneChange(Blackhole plans) {
        plans.consume(plan(running, without, shown));
        plans.consume(plan(running, without, shownWithout));
        plans.consume(plan(running, wanted, shownWithout));
        plans.consume(plan(running, wanted, shown));
    }

    private static FirewallPlan plan(FirewallLayout layout, Set<Access> wanted, List<ShownFirewall> own) {
        return PlanFirewall.plan(layout, Optional.of(TAGGED), wanted, own, Set.of());
    }

    private static Set<Access> many(int count) {
        return IntStream.range(0, count).mapToObj(n -> AddressMemory.SHARED.read("198." + (18 + n / 62_500) + "." + n / 250 % 250 + "." + (1 + n % 250)))
            .map(address -> new Access(Protocol.TCP, new PortRange(5432, 5432), address.orElseThrow())).collect(Collectors.toSet());
    }
}
