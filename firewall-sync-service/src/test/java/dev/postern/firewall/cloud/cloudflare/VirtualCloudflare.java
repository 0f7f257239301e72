// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud.cloudflare;

import dev.postern.events.ServiceName;
import dev.postern.firewall.budget.BudgetPolicy;
import dev.postern.firewall.budget.BudgetPolicy.Pace;
import dev.postern.firewall.budget.BudgetPolicy.Urgency;
import dev.postern.firewall.budget.CallPacing;
import dev.postern.firewall.budget.CallPermit;
import dev.postern.firewall.budget.CallUse;
import dev.postern.firewall.cloud.CloudFirewall;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.resteasy.reactive.RestResponse;

/**
 * One account at Cloudflare in virtual time behind the real client: 1,200 calls in five minutes, which its headers tell; one bulk operation at a time, 30,000
 * of them and 1,000,000 items in them in twelve hours. What it refused for a limit is counted.
 */
public final class VirtualCloudflare {
    public static final int CALLS_MAX = 1_200;
    private static final int ITEMS_MAX = 1_000_000;
    private static final Duration WINDOW = Duration.ofMinutes(5);
    private static final Duration HALF_DAY = Duration.ofHours(12);
    private static final Duration ANSWERS_AFTER = Duration.ofMillis(50);
    private static final Pattern IP = Pattern.compile("\"ip\":\"([^\"]+)\"");
    private static final Pattern NAME = Pattern.compile("\"name\":\"([^\"]+)\"");

    public final Map<String, Set<String>> lists = new LinkedHashMap<>();
    public Duration operationTakes = Duration.ofMillis(500);
    /** Number of coming operations that complete without an effect. */
    public int withoutEffect;
    public long calls;
    public long writes;
    public int refusedBusy;
    public int refusedLimit;
    /** Calls of closings that our own budget kept back. */
    public int closingsKeptBack;
    public int operationsOfHalfDayMax;
    public long itemsOfHalfDayMax;
    private final int writesPer12Hours;
    private final Deque<Instant> window = new ArrayDeque<>();
    private final Deque<Instant> minute = new ArrayDeque<>();
    private final Deque<Write> halfDay = new ArrayDeque<>();
    private long itemsOfHalfDay;
    private final Map<String, Boolean> done = new LinkedHashMap<>();
    private final Later later;
    private final Supplier<Instant> clock;
    private final CloudflareProvider provider;
    private final CallPacing shares;
    private String pending;
    private int ids;

    /** Virtual time. */
    public interface Later {
        /** Does the work after a time. */
        <T> Uni<T> later(Duration wait, Callable<T> work);
    }

    private record Write(Instant at, int items) {}

    /** @param writesPer12Hours as configured; 0 where the provider lifted the limit */
    public VirtualCloudflare(Later later, BiConsumer<Duration, Runnable> after, Supplier<Instant> clock, int writesPer12Hours) {
        this.later = later;
        this.clock = clock;
        this.provider = new CloudflareProvider(new Api(), new Tokens(), "account", Duration.ofSeconds(10), clock, after, writesPer12Hours, ITEMS_MAX);
        this.writesPer12Hours = writesPer12Hours;
        CallPacing.Count count = new CallPacing.Count() {
            @Override
            public Uni<CallUse> reserve(ServiceName service, int more) {
                slide();
                return Uni.createFrom().item(new CallUse(minute.size(), window.size(), 1, 1, 1, 1));
            }

            @Override
            public Uni<Void> giveBack(ServiceName service, int less) {
                return Uni.createFrom().voidItem();
            }
        };
        this.shares = new CallPacing(BudgetPolicy.CLOUDFLARE, count, provider::budget, clock);
        provider.paced(shares::pace);
    }

    public CloudFirewall firewalls(ServiceName service, Urgency urgency) {
        return provider.firewalls(as -> new CallPermit() {
            @Override
            public <T> Uni<T> pass(Supplier<Uni<T>> call) {
                return shares.take(service, as).onFailure().invoke(kept -> closingsKeptBack += as == Urgency.CLOSING ? 1 : 0).chain(call::get);
            }
        }, service, urgency);
    }

    public Pace pace(ServiceName service) {
        return shares.pace(service).queued();
    }

    public boolean gathering() {
        return shares.gathering() || provider.gathering();
    }

    public void changed() {
        shares.changed();
    }

    public void onTurn(Consumer<ServiceName> listener) {
        provider.onTurn(listener);
    }

    public Duration longestWait() {
        return provider.queue().longestWait();
    }

    /** Another client's bulk operation begins, or ends. */
    public void foreignOperation(boolean begins) {
        pending = begins ? "foreign" : null;
    }

    private void slide() {
        while (!window.isEmpty() && !window.peekFirst().isAfter(clock.get().minus(WINDOW))) {
            window.removeFirst();
        }
        while (!minute.isEmpty() && !minute.peekFirst().isAfter(clock.get().minusSeconds(60))) {
            minute.removeFirst();
        }
    }

    private Uni<RestResponse<byte[]>> call(Callable<RestResponse<byte[]>> work) {
        calls++;
        return later.later(ANSWERS_AFTER, () -> {
            slide();
            if (window.size() >= CALLS_MAX) {
                refusedLimit++;
                return answer(429, "{\"success\":false,\"errors\":[{\"code\":971,\"message\":\"throttle\"}]}", "300");
            }
            window.addLast(clock.get());
            minute.addLast(clock.get());
            return work.call();
        });
    }

    private RestResponse<byte[]> answer(int status, String body, String retryAfter) {
        var answer = RestResponse.ResponseBuilder.create(RestResponse.Status.fromStatusCode(status), body.getBytes(StandardCharsets.UTF_8))
            .header("ratelimit", "\"default\";r=" + (CALLS_MAX - window.size()) + ";t=1").header("ratelimit-policy", "\"default\";q=" + CALLS_MAX + ";w=300");
        return (retryAfter == null ? answer : answer.header("retry-after", retryAfter)).build();
    }

    private RestResponse<byte[]> result(String result) {
        return answer(200, "{\"success\":true,\"result\":" + result + "}", null);
    }

    private RestResponse<byte[]> busy() {
        refusedBusy++;
        return answer(429, "{\"success\":false,\"errors\":[{\"code\":10429,\"message\":\"a bulk operation is pending\"}]}", null);
    }

    private static List<String> all(Pattern pattern, byte[] body) {
        List<String> found = new ArrayList<>();
        for (Matcher matcher = pattern.matcher(new String(body, StandardCharsets.UTF_8)); matcher.find();) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private static String head(String name) {
        return "{\"id\":\"" + name + "\",\"name\":\"" + name + "\",\"kind\":\"ip\"}";
    }

    private final class Tokens implements CloudflareTokenApi {
        @Override
        public Uni<RestResponse<byte[]>> verifyOfUser() {
            return call(() -> result("{\"id\":\"token\",\"status\":\"active\"}"));
        }

        @Override
        public Uni<RestResponse<byte[]>> verifyOfAccount(String account) {
            return verifyOfUser();
        }
    }

    private final class Api implements CloudflareApi {
        @Override
        public Uni<RestResponse<byte[]>> lists(String account) {
            return call(() -> result("[" + String.join(",", lists.keySet().stream().map(VirtualCloudflare::head).toList()) + "]"));
        }

        @Override
        public Uni<RestResponse<byte[]>> list(String account, String id) {
            return call(() -> result(head(id)));
        }

        @Override
        public Uni<RestResponse<byte[]>> items(String account, String id, int perPage, String cursor) {
            return call(() -> result("[" + String.join(",", lists.get(id).stream().map(ip -> "{\"ip\":\"" + ip + "\"}").toList()) + "]"));
        }

        @Override
        public Uni<RestResponse<byte[]>> create(String account, byte[] body) {
            return call(() -> {
                String name = all(NAME, body).get(0);
                lists.put(name, Set.of());
                return result(head(name));
            });
        }

        @Override
        public Uni<RestResponse<byte[]>> replaceItems(String account, String id, byte[] body) {
            return call(() -> {
                if (pending != null) {
                    return busy();
                }
                int items = lists.get(id).size() + all(IP, body).size();
                while (!halfDay.isEmpty() && !halfDay.peekFirst().at().isAfter(clock.get().minus(HALF_DAY))) {
                    itemsOfHalfDay -= halfDay.removeFirst().items();
                }
                if (writesPer12Hours > 0 && halfDay.size() >= writesPer12Hours || itemsOfHalfDay + items > ITEMS_MAX) {
                    refusedLimit++;
                    return answer(429, "{\"success\":false,\"errors\":[{\"code\":10429,\"message\":\"too many list modifications\"}]}", "600");
                }
                halfDay.addLast(new Write(clock.get(), items));
                itemsOfHalfDay += items;
                operationsOfHalfDayMax = Math.max(operationsOfHalfDayMax, halfDay.size());
                itemsOfHalfDayMax = Math.max(itemsOfHalfDayMax, itemsOfHalfDay);
                writes++;
                String operation = "operation-" + ++ids;
                pending = operation;
                done.put(operation, false);
                boolean applies = withoutEffect-- <= 0;
                later.later(operationTakes, () -> {
                    if (applies) {
                        lists.put(id, new LinkedHashSet<>(all(IP, body)));
                    }
                    done.put(operation, true);
                    pending = null;
                    return null;
                }).subscribe().with(ended -> {});
                return result("{\"operation_id\":\"" + operation + "\"}");
            });
        }

        @Override
        public Uni<RestResponse<byte[]>> operation(String account, String operation) {
            return call(() -> result("{\"id\":\"" + operation + "\",\"status\":\"" + (done.get(operation) ? "completed" : "running") + "\"}"));
        }

        @Override
        public Uni<RestResponse<byte[]>> delete(String account, String id) {
            return call(() -> pending != null ? busy() : result(lists.remove(id) == null ? "{}" : "{}"));
        }
    }
}
