// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import java.util.Map;

/** Settings of one small broker, embedded or in a container. */
final class KafkaSettings {
    static final Map<String, String> SMALL = Map.ofEntries(
        // One broker: what is kept three times elsewhere can only be kept once.
        Map.entry("offsets.topic.replication.factor", "1"),
        Map.entry("transaction.state.log.replication.factor", "1"),
        Map.entry("transaction.state.log.min.isr", "1"),
        Map.entry("share.coordinator.state.topic.replication.factor", "1"),
        Map.entry("share.coordinator.state.topic.min.isr", "1"),
        Map.entry("default.replication.factor", "1"),
        Map.entry("min.insync.replicas", "1"),
        // 50 partitions of each are the default; their files cost seconds and memory.
        Map.entry("offsets.topic.num.partitions", "3"),
        Map.entry("transaction.state.log.num.partitions", "3"),
        Map.entry("share.coordinator.state.topic.num.partitions", "3"),
        // A group starts at once instead of waiting three seconds for more members.
        Map.entry("group.initial.rebalance.delay.ms", "0"),
        // 128 MiB by default, which is half of the heap.
        Map.entry("log.cleaner.dedupe.buffer.size", "16777216"),
        // A topic exists because somebody decided its partitions and retention.
        Map.entry("auto.create.topics.enable", "false"),
        Map.entry("num.partitions", "3"),
        Map.entry("num.network.threads", "2"),
        Map.entry("num.io.threads", "4"),
        // After kill -9 the controller takes the broker back only when its last session is over: 9 seconds by default.
        Map.entry("broker.session.timeout.ms", "2000"),
        Map.entry("broker.heartbeat.interval.ms", "500"));

    private KafkaSettings() {
    }
}
