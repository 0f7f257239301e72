// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.Topics;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TokenTopicsTest {
    @Test
    void theTopicsOfTheTestsAreThoseOfTheContracts() {
        assertThat(Topics.definitions().stream().map(topic -> topic.name() + ":" + topic.partitions()).toList())
            .containsAll(Arrays.asList(TokenTopics.ALL.split(",")));
    }
}
