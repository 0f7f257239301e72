// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** A payload with some bytes changed is an event that can be written again, or is refused as unreadable; nothing else ever happens. */
class PayloadMutationProperties {
    private static final List<Golden> ALL = Golden.all().stream().filter(golden -> golden.bytes().length < 3_000).toList();
    private static final byte[] TELLING = "\"\\{}[]:,0-9eE.+tfn\u0000/* u\ud83d".getBytes(java.nio.charset.StandardCharsets.UTF_8);

    @Property(tries = 3000)
    void changedBytes(@ForAll @IntRange(max = 1000) int which, @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 3000) Integer> places,
                      @ForAll @IntRange(max = 511) int value) {
        Golden golden = ALL.get(which % ALL.size());
        byte[] payload = golden.bytes();
        for (int place : places) {
            payload[place % payload.length] = value < 256 ? (byte) value : TELLING[value % TELLING.length];
        }
        readOrRefused(golden.topic(), payload);
    }

    @Property(tries = 1000)
    void cutPayloads(@ForAll @IntRange(max = 1000) int which, @ForAll @IntRange(max = 3000) int length) {
        Golden golden = ALL.get(which % ALL.size());
        readOrRefused(golden.topic(), Arrays.copyOf(golden.bytes(), length % golden.bytes().length));
    }

    private static void readOrRefused(Topic topic, byte[] payload) {
        try {
            Event event = EventJson.read(topic, payload);
            assertThat(EventJson.read(topic, EventJson.write(event))).isEqualTo(event);
        } catch (EventJson.Unreadable refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }
}
