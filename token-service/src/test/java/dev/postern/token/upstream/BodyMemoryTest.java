// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BodyMemoryTest {
    private static final int MIB = 1_048_576;

    @Test
    void theLargestAnswerFitsIntoAnEmptyMemoryAndTwoOfThemDoNot() {
        BodyMemory memory = new BodyMemory(30L * MIB);
        assertThat(memory.largest()).isEqualTo(3 * MIB);
        assertThat(new BodyMemory(Long.MAX_VALUE).largest()).isEqualTo(ReadBody.DOWN_BYTES_MAX);
        BodyMemory.Lease one = memory.lease();
        BodyMemory.Lease other = memory.lease();
        assertThat(one.gathered(3 * MIB)).isTrue();
        assertThat(other.gathered(3 * MIB)).isTrue();
        assertThat(one.parsed(3 * MIB)).isFalse();
        other.free();
        assertThat(one.parsed(3 * MIB)).isTrue();
    }

    @Test
    void memoryIsReleasedOnce() {
        BodyMemory memory = new BodyMemory(10L * MIB);
        BodyMemory.Lease lease = memory.lease();
        assertThat(lease.gathered(MIB)).isTrue();
        lease.free();
        lease.free();
        assertThat(memory.used()).isZero();
        assertThat(lease.gathered(1)).as("a part that comes late").isFalse();
        assertThat(memory.used()).isZero();
    }

    @Test
    void filteredPageHoldsMemoryOnlyForItsKeptPart() {
        BodyMemory memory = new BodyMemory(100L * MIB);
        BodyMemory.Lease lease = memory.lease();
        assertThat(lease.parsed(MIB)).isTrue();
        lease.keeps(MIB, 1, 4);
        assertThat(memory.used()).isEqualTo(2L * MIB);
        assertThat(lease.parsed(MIB)).isTrue();
        assertThat(memory.used()).as("the next page beside it").isEqualTo(12L * MIB);
        lease.keeps(MIB, 0, 4);
        assertThat(memory.used()).isEqualTo(2L * MIB);
        lease.keeps(0, 0, 0);
        lease.only(MIB);
        assertThat(memory.used()).isEqualTo(MIB);
    }

    @Test
    void manyThreadsTakeNoMoreThanThereIsAndGiveAllBack() throws InterruptedException {
        long most = 10L * MIB;
        BodyMemory memory = new BodyMemory(most);
        List<Throwable> wrong = java.util.Collections.synchronizedList(new ArrayList<>());
        java.util.concurrent.atomic.AtomicLong held = new java.util.concurrent.atomic.AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int seed = 0; seed < 4; seed++) {
            Random chance = new Random(seed);
            threads.add(new Thread(() -> {
                for (int i = 0; i < 20_000; i++) {
                    BodyMemory.Lease lease = memory.lease();
                    int bytes = chance.nextInt(2 * MIB);
                    if (lease.gathered(bytes)) {
                        if (held.addAndGet(2L * bytes) > most) {
                            wrong.add(new AssertionError("more than there is"));
                        }
                        held.addAndGet(-2L * bytes);
                    }
                    lease.free();
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(wrong).isEmpty();
        assertThat(memory.used()).isZero();
    }
}
