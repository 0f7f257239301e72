// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;

/** TCP splits a stream anywhere: the guard's result depends on the bytes alone. */
class RequestSplittingProperties {
    private static int requests;
    private static int refused;

    /** The bytes of each request that the guard passed on whole, those of a last one that is not whole, the rule of a refusal, and whether the connection is open. */
    private record Result(List<String> whole, String partial, List<String> rules, boolean open) {}

    /** Writes down the rule of each refusal. */
    private record RecordedRules(List<String> rules) implements GuardRefusals {
        @Override
        public void count(Refusal refusal) {
            rules.add(refusal.rule());
        }

        @Override
        public byte[] response(Refusal refusal) {
            return ("HTTP/1.1 " + refusal.status() + " Refused\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    /** A test whose requests are all refused, or all accepted, proves little. */
    @AfterContainer
    static void enoughOfBoth() {
        assertThat(requests).isGreaterThan(1_000);
        assertThat(refused).isGreaterThan(500);
    }

    @Property(tries = 3_000, edgeCases = EdgeCasesMode.NONE)
    void anySplitOfTheSameBytesHasTheSameResult(@ForAll("streams") String stream, @ForAll @Size(max = 8) List<@IntRange(min = 1, max = 400) Integer> cuts) {
        Result atOnce = guarded(stream, Set.of());
        requests += atOnce.whole().size();
        refused += atOnce.rules().size();
        assertThat(guarded(stream, new TreeSet<>(cuts))).isEqualTo(atOnce);
        assertThat(guarded(stream, IntStream.range(1, stream.length()).boxed().collect(Collectors.toSet()))).isEqualTo(atOnce);
    }

    @Provide
    Arbitrary<String> streams() {
        return GeneratedRequests.any().list().ofMinSize(1).ofMaxSize(3).map(all -> String.join("", all));
    }

    private static Result guarded(String stream, Set<Integer> cuts) {
        List<String> rules = new ArrayList<>();
        StrictHttpGuard guard = new StrictHttpGuard(Set.of("localhost"), new SlowRequests(Duration.ofSeconds(75)), new RecordedRules(rules));
        EmbeddedChannel channel = new EmbeddedChannel(guard);
        List<String> whole = new ArrayList<>();
        StringBuilder partial = new StringBuilder();
        try {
            int from = 0;
            for (int to = 1; to <= stream.length() && channel.isOpen(); to++) {
                if (to == stream.length() || cuts.contains(to)) {
                    channel.writeInbound(Unpooled.copiedBuffer(stream.substring(from, to), StandardCharsets.ISO_8859_1));
                    from = to;
                    answerWhatIsWhole(guard, channel, whole, partial);
                }
            }
            // A body that turns out not to be one ends the connection: how much of it had been passed on by then says nothing.
            return new Result(whole, rules.isEmpty() ? partial.toString() : "", rules, channel.isOpen());
        } finally {
            channel.finishAndReleaseAll();
        }
    }

    /** Stands in for the handler: it answers each request as soon as all of it is there. */
    private static void answerWhatIsWhole(StrictHttpGuard guard, EmbeddedChannel channel, List<String> whole, StringBuilder partial) {
        drain(channel, partial);
        while (guard.isWhole()) {
            whole.add(partial.toString());
            partial.setLength(0);
            guard.answered();
            drain(channel, partial);
        }
    }

    private static void drain(EmbeddedChannel channel, StringBuilder into) {
        for (ByteBuf bytes = channel.readInbound(); bytes != null; bytes = channel.readInbound()) {
            into.append(bytes.toString(StandardCharsets.ISO_8859_1));
            bytes.release();
        }
    }
}
