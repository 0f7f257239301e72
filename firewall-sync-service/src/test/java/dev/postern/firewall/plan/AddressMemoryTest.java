// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.SourceAddress;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Addresses that were read before. */
class AddressMemoryTest {
    @Test
    void theSameTextGivesTheSameAddressInCanonicalForm() {
        AddressMemory memory = new AddressMemory(10);
        assertThat(memory.read("203.0.113.7/32")).contains(new SourceAddress("203.0.113.7"));
        assertThat(memory.read("203.0.113.7/32").orElseThrow()).isSameAs(memory.read("203.0.113.7/32").orElseThrow());
        assertThat(memory.read("office")).isEmpty();
        assertThat(memory.read("office")).isEmpty();
    }

    @Test
    void aFullMemoryStartsAnewAndStillReadsRight() {
        AddressMemory memory = new AddressMemory(3);
        IntStream.range(0, 100).forEach(n -> assertThat(memory.read("203.0.113." + n)).contains(new SourceAddress("203.0.113." + n)));
    }
}
