package dev.postern.token.call;

import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a decision costs with grants of 1, 100 and 10,000 resources; not part of verify. Run {@link #main} from the class path of the tests. Rounds of the
 * three sizes take turns, so that whatever else the machine does meets all of them; printed are nanoseconds per call, median of the rounds.
 */
public final class AuthorizeCallBenchmark {
    private static final int[] RESOURCES = {1, 100, 10_000};
    private static final int ROUNDS = 15;
    private static final int CALLS = 200_000;
    private static final int KINDS = 3;

    private AuthorizeCallBenchmark() { }

    /** @param arguments none */
    public static void main(String... arguments) {
        String[] kinds = {"read one Droplet", "add a rule (body of 2 references)", "read one Droplet that was created under the grant"};
        for (int kind = 0; kind < KINDS; kind++) {
            double[][] nanos = new double[RESOURCES.length][ROUNDS];
            long allowed = 0;
            for (int round = -3; round < ROUNDS; round++) {
                for (int size = 0; size < RESOURCES.length; size++) {
                    CallGrant grant = grant(RESOURCES[size], kind == 2);
                    ApiCall[] calls = calls(RESOURCES[size], kind);
                    long start = System.nanoTime();
                    for (int call = 0; call < CALLS; call++) {
                        allowed += Calls.AUTHORIZE.decide(calls[call % calls.length], grant, Calls.NOON) instanceof CallVerdict.Allowed ? 1 : 0;
                    }
                    if (round >= 0) {
                        nanos[size][round] = (System.nanoTime() - start) / (double) CALLS;
                    }
                }
            }
            if (allowed != (long) (ROUNDS + 3) * RESOURCES.length * CALLS) {
                throw new IllegalStateException("not every call was allowed: " + allowed);
            }
            double one = 0;
            for (int size = 0; size < RESOURCES.length; size++) {
                Arrays.sort(nanos[size]);
                double median = nanos[size][ROUNDS / 2];
                one = size == 0 ? median : one;
                System.out.printf("%-50s %6d resources: %6.0f ns (%.0f to %.0f), %.2f x of one%n", kinds[kind], RESOURCES[size], median,
                    nanos[size][0], nanos[size][ROUNDS - 1], median / one);
            }
        }
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
    private static ApiCall[] calls(int resources, int kind) {
        ApiCall[] calls = new ApiCall[64];
        for (int index = 0; index < calls.length; index++) {
            int id = 1 + (int) ((long) index * resources / calls.length);
            calls[index] = kind != 1 ? Calls.call("GET", "/v2/droplets/" + id, null) : Calls.call("POST", "/v2/firewalls/7/rules",
                "{\"inbound_rules\": [{\"protocol\": \"tcp\", \"ports\": \"443\", \"sources\": {\"addresses\": [\"203.0.113.7\"], \"droplet_ids\": [" + id + ", 1]}}]}");
        }
        return calls;
    }
}
