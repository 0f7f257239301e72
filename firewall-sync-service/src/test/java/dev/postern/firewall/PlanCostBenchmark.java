package dev.postern.firewall;

import static dev.postern.firewall.Examples.SHOP;
import static dev.postern.firewall.Examples.TAGGED;
import static dev.postern.firewall.Examples.tcp;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** What a plan costs at 50,000 openings: made anew, and for one change of what stands. A program; it prints both figures (median of many, in microseconds). */
public final class PlanCostBenchmark {
    private static final int OPENINGS = 50_000;
    private static final int ROUNDS = 60;
    private static final int CHANGES = 20_000;

    private PlanCostBenchmark() { }

    /** Measures. */
    public static void main(String[] arguments) {
        System.out.println(measure());
    }

    /** The figures of one run. */
    record Figures(long planMicros, long shownPlanMicros, long changeNanos, long changeNanosAtHundred) {
        @Override
        public String toString() {
            return "A plan for " + OPENINGS + " openings from nothing: " + planMicros + " us; from what is shown, with 1 % of them new and 1 % ended: "
                + shownPlanMicros + " us. One change of what stands: " + changeNanos + " ns at " + OPENINGS + " openings, " + changeNanosAtHundred
                + " ns at 1,000.";
        }
    }

    static Figures measure() {
        Set<Access> wanted = many(0, OPENINGS);
        List<ShownFirewall> shown = new PureProvider(List.of(), ProviderLimits.DIGITALOCEAN).does(plan(wanted, List.of())).firewalls();
        Set<Access> moved = many(OPENINGS / 100, OPENINGS);
        long[] anew = new long[ROUNDS];
        long[] again = new long[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            plan(wanted, List.of());
            anew[round] = System.nanoTime() - start;
            start = System.nanoTime();
            plan(moved, shown);
            again[round] = System.nanoTime() - start;
        }
        return new Figures(median(anew) / 1_000, median(again) / 1_000, change(OPENINGS), change(1_000));
    }

    private static long change(int openings) {
        Set<Access> wanted = many(0, openings);
        List<ShownFirewall> shown = new PureProvider(List.of(), ProviderLimits.DIGITALOCEAN).does(plan(wanted, List.of())).firewalls();
        FirewallLayout layout = FirewallLayout.of(SHOP, Optional.of(TAGGED), wanted, shown, ProviderLimits.DIGITALOCEAN);
        List<Access> all = List.copyOf(wanted);
        long[] took = new long[CHANGES];
        for (int at = 0; at < CHANGES; at++) {
            Access access = all.get(at * 31 % all.size());
            long start = System.nanoTime();
            layout.change(List.of(access), List.of());
            layout.plan(Set.of());
            layout.change(List.of(), List.of(access));
            took[at] = System.nanoTime() - start;
        }
        return median(took);
    }

    private static long median(long[] times) {
        java.util.Arrays.sort(times);
        return times[times.length / 2];
    }

    private static FirewallPlan plan(Set<Access> wanted, List<ShownFirewall> own) {
        return PlanFirewall.plan(SHOP, Optional.of(TAGGED), wanted, own, Set.of(), ProviderLimits.DIGITALOCEAN);
    }

    private static Set<Access> many(int from, int count) {
        return IntStream.range(from, from + count).mapToObj(n -> tcp(5432, "198." + (18 + n / 62_500) + "." + n / 250 % 250 + "." + (1 + n % 250)))
            .collect(java.util.stream.Collectors.toCollection(HashSet::new));
    }
}
