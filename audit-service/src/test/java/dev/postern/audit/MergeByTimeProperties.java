// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class MergeByTimeProperties {
    private record Happened(int partition, int place, int at) {}

    @Property
    void eachPartitionKeepsItsOrderAndNothingIsLost(
                                                    @ForAll @Size(max = 5) List<@Size(max = 8) List<@IntRange(max = 20) Integer>> times) {
        List<List<Happened>> partitions = partitions(times);
        List<Happened> merged = merge(partitions);
        for (int partition = 0; partition < partitions.size(); partition++) {
            int wanted = partition;
            assertThat(merged.stream().filter(each -> each.partition() == wanted)).containsExactlyElementsOf(partitions.get(partition));
        }
        assertThat(merged).hasSize(times.stream().mapToInt(List::size).sum());
    }

    @Property
    void partitionsThatAreInOrderGiveAnOrderedWhole(@ForAll @Size(max = 5) List<@Size(max = 8) List<@IntRange(max = 20) Integer>> times) {
        List<Happened> merged = merge(partitions(times.stream().map(each -> each.stream().sorted().toList()).toList()));
        assertThat(merged).extracting(Happened::at).isSorted();
    }

    private static List<Happened> merge(List<List<Happened>> partitions) {
        return MergeByTime.merge(partitions, each -> Instant.ofEpochSecond(each.at()));
    }

    private static List<List<Happened>> partitions(List<List<Integer>> times) {
        List<List<Happened>> partitions = new ArrayList<>();
        for (int partition = 0; partition < times.size(); partition++) {
            List<Happened> one = new ArrayList<>();
            for (int place = 0; place < times.get(partition).size(); place++) {
                one.add(new Happened(partition, place, times.get(partition).get(place)));
            }
            partitions.add(one);
        }
        return partitions;
    }
}
