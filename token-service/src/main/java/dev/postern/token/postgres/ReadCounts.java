// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.postgres;

import dev.postern.events.ApiCalled;
import dev.postern.events.ResourceName;
import dev.postern.events.TokenId;
import dev.postern.token.port.CallJournal.Call;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Reads, counted per token and minute of the clock. */
final class ReadCounts {
    /** Limit of resources that one event names; a minute with more is represented by its first ones. */
    private static final int RESOURCES_MAX = 1_000;
    private static final int SECONDS = 60;
    private final Map<Key, Counted> counts = new ConcurrentHashMap<>();

    /** @param since when the minute began, in seconds since 1970 */
    private record Key(TokenId token, long since) {}

    /** The reads of a token in a minute. */
    static final class Counted {
        private final Key key;
        private final Call first;
        private final int status;
        private final Set<ResourceName> resources = new LinkedHashSet<>();
        private boolean oneOperation = true;
        private int calls;

        private Counted(Key key, Call first, int status) {
            this.key = key;
            this.first = first;
            this.status = status;
        }

        private void add(Call call) {
            calls = calls == Integer.MAX_VALUE ? calls : calls + 1;
            oneOperation = oneOperation && Objects.equals(call.operation(), first.operation());
            for (ResourceName resource : call.resources()) {
                if (resources.size() == RESOURCES_MAX) {
                    return;
                }
                resources.add(resource);
            }
        }

        /** Id made by the first call: the event is written once, even if another replica counts reads of the same token and minute. */
        ApiCalled event() {
            return new ApiCalled(first.id(), key.token(), first.grant().requestId(), first.grant().account(),
                first.operation().filter(operation -> oneOperation).map(Object::toString), List.copyOf(resources), ApiCalled.CallOutcome.ALLOWED, status,
                calls, Optional.empty(), Optional.empty(), Optional.empty(), first.at());
        }
    }

    /** One more. */
    void count(Call call, int status) {
        counts.compute(new Key(call.grant().tokenId(), minute(call.at())), (key, known) -> {
            Counted counted = known == null ? new Counted(key, call, status) : known;
            counted.add(call);
            return counted;
        });
    }

    /** Takes out those of minutes that were over then. */
    List<Counted> before(Instant now) {
        long minute = minute(now);
        List<Counted> over = new ArrayList<>();
        for (Key key : counts.keySet()) {
            if (key.since() < minute) {
                counts.computeIfPresent(key, (same, counted) -> {
                    over.add(counted);
                    return null;
                });
            }
        }
        return over;
    }

    /** Keeps counts that could not be published for the next attempt. A late read may have begun a count of its own for the minute, with its own event. */
    void giveBack(Counted counted) {
        Key free = counted.key;
        while (counts.putIfAbsent(free, counted) != null) {
            free = new Key(free.token(), free.since() - 1);
        }
    }

    private static long minute(Instant at) {
        return Math.floorDiv(at.getEpochSecond(), SECONDS) * SECONDS;
    }

    int size() {
        return counts.size();
    }
}
