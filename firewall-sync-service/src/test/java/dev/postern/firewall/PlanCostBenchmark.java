package dev.postern.firewall;

import static dev.postern.firewall.Examples.LATER;
import static dev.postern.firewall.Examples.NOW;
import static dev.postern.firewall.Examples.SHOP;
import static dev.postern.firewall.Examples.TAGGED;

import com.github.benmanes.caffeine.cache.Interner;
import dev.postern.events.AccessRequestId;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * At 50,000 openings a plan made anew takes at most 100 ms, and one change costs that of one change: planning compares nothing that was read before and says
 * the same now. Those who read find that out, who walk all of it anyway; what that costs them is measured by itself. Not part of verify; run {@link #main}
 * from the class path of the tests.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PlanCostBenchmark {
    private static final int STEP = 31;

    private static final int FEW = 1_000;
    private static final int PLANS_UNTIL_COMPILED = 20_000;
    private static final int PLANS_BETWEEN = 20;

    @Param({"1000", "50000"})
    public int openings;

    private Service service;
    private Service few;

    /** @param arguments none */
    public static void main(String... arguments) throws RunnerException {
        new Runner(new OptionsBuilder().include(PlanCostBenchmark.class.getSimpleName()).build()).run();
    }

    @Setup
    public void prepare(Blackhole plans) {
        few = new Service(FEW);
        planForAnother(PLANS_UNTIL_COMPILED, plans);
        service = new Service(openings);
    }

    /** The processor has the code of planning at hand, as in a process that plans for many services, however long this one was read. */
    private void planForAnother(int times, Blackhole plans) {
        for (int plan = 0; plan < times; plan++) {
            few.readAgain();
            plans.consume(few.plan());
            plans.consume(few.planAgain());
        }
    }

    @Benchmark
    public FirewallPlan anew() {
        return plan(new FirewallLayout(SHOP, ProviderLimits.DIGITALOCEAN), service.wanted, List.of());
    }

    @Benchmark
    public FirewallPlan anewFromWhatIsShown() {
        return plan(new FirewallLayout(SHOP, ProviderLimits.DIGITALOCEAN), service.wanted, service.after);
    }

    /** The inner step alone. One is over, and then is granted again. */
    @Benchmark
    @OperationsPerInvocation(2)
    public void oneChangeOfAKeptLayout(Blackhole plans) {
        List<Access> one = List.of(service.all.get(service.somebody()).granted().access());
        service.layout.change(new FirewallLayout.Change(one, List.of()));
        plans.consume(service.layout.plan(Set.of()));
        service.layout.change(new FirewallLayout.Change(List.of(), one));
        plans.consume(service.layout.plan(Set.of()));
    }

    /** One change as an activation plans it, with everything that was read again: what to ask of the provider, and that it then shows it. */
    @Benchmark
    public void oneChangeAsAnActivationPlansIt(Changed changed, Blackhole plans) {
        plans.consume(service.plan());
        plans.consume(service.planAgain());
    }

    /** All openings read again, of which one is over: who is wanted, and what is otherwise than before. */
    @Benchmark
    public Wanted readingWhatIsWanted() {
        return Settle.wanted(service.withoutOne(), NOW, service.wanted);
    }

    /** The same by who does not ask what is otherwise. */
    @Benchmark
    public Set<Access> readingWhatIsWantedAlone() {
        return service.withoutOne().stream().filter(opening -> opening.wanted(NOW)).map(opening -> opening.granted().access()).collect(Collectors.toSet());
    }

    /** All rules read again: which of them are the ones that were seen before. */
    @Benchmark
    public List<ShownFirewall> readingWhatIsShown() {
        return service.seen(service.after);
    }

    /** Each time somebody else is over, or is granted again; and all is read again, which is not counted. */
    @State(Scope.Benchmark)
    public static class Changed {
        /** Reads. */
        @Setup(Level.Invocation)
        public void readAgain(PlanCostBenchmark benchmark, Blackhole plans) {
            benchmark.service.readAgain();
            benchmark.planForAnother(PLANS_BETWEEN, plans);
        }
    }

    private static FirewallPlan plan(FirewallLayout layout, Wanted wanted, List<ShownFirewall> own) {
        return PlanFirewall.plan(layout, Optional.of(TAGGED), wanted, own, Set.of());
    }

    /** A service, and what an activation reads of it. */
    private static final class Service {
        final List<Opening> all;
        final FirewallLayout layout = new FirewallLayout(SHOP, ProviderLimits.DIGITALOCEAN);
        private final Interner<FirewallRule> rules = Interner.newWeakInterner();
        Wanted wanted;
        List<ShownFirewall> before;
        List<ShownFirewall> after = List.of();
        private boolean over = true;
        private int next;

        Service(int openings) {
            all = IntStream.range(0, openings).mapToObj(Service::opening).toList();
            readAgain();
            plan();
            planAgain();
        }

        /** As rows give it: the address is a remembered one, all else is new. */
        private static Opening opening(int n) {
            Access access = new Access(Protocol.TCP, new PortRange(5432, 5432),
                AddressMemory.SHARED.read("198." + (18 + n / 62_500) + "." + n / 250 % 250 + "." + (1 + n % 250)).orElseThrow());
            return new Opening.Open(new Opening.Granted(new AccessRequestId(new UUID(0x4000L, 0x8000000000000000L | n)), SHOP, access, NOW, LATER), NOW);
        }

        int somebody() {
            next = (next + STEP) % all.size();
            return next;
        }

        List<Opening> withoutOne() {
            List<Opening> fewer = new ArrayList<>(all);
            fewer.remove(somebody());
            return fewer;
        }

        /** Who is wanted, what the provider shows before the plan, and what it will show after it: planned by another layout, so that this one learns it there. */
        void readAgain() {
            over = !over;
            wanted = Settle.wanted(over ? withoutOne() : all, NOW, layout.madeFor());
            before = seen(after);
            FirewallPlan asked = PlanCostBenchmark.plan(new FirewallLayout(SHOP, ProviderLimits.DIGITALOCEAN), wanted, before);
            after = seen(new PureProvider(before, ProviderLimits.DIGITALOCEAN).does(asked).firewalls());
        }

        FirewallPlan plan() {
            return PlanCostBenchmark.plan(layout, wanted, before);
        }

        FirewallPlan planAgain() {
            return PlanCostBenchmark.plan(layout, wanted, after);
        }

        /** As the service reads it: rules that were seen before are the same objects. */
        List<ShownFirewall> seen(List<ShownFirewall> shown) {
            return shown.stream().map(firewall -> firewall.sharing(rule -> rules.intern(new FirewallRule(rule.door(), new ArrayList<>(rule.sources())))))
                .toList();
        }
    }
}
