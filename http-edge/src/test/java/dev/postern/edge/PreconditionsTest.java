// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreconditionsTest {
    private static final Optional<String> THREE = Optional.of(Preconditions.tag(3));

    @ParameterizedTest
    @ValueSource(strings = {"\"3\"", "W/\"3\"", "\"x\", \"3\"", "\"x\",W/\"3\"", "*", " \"3\" ", "\"a,b\", \"3\"", ", \"3\",,"})
    void readThatNamesThePresentTagInAnyFormKnowsIt(String header) {
        assertThat(noneMatch(header).known(THREE)).isTrue();
        assertThat(noneMatch(header).allow(THREE)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"4\"", "W/\"4\"", "\"33\"", "\"x\", \"y\"", "\"\""})
    void readThatNamesOtherTagsDoesNotKnowIt(String header) {
        assertThat(noneMatch(header).known(THREE)).isFalse();
        assertThat(noneMatch(header).allow(THREE)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"\"3\"|true", "\"x\", \"3\"|true", "*|true", "W/\"3\"|false", "\"4\"|false"})
    void writeComparesStrongly(String header, boolean allowed) {
        assertThat(Preconditions.of(List.of(header), null).allow(THREE)).isEqualTo(allowed);
    }

    @Test
    void nothingMatchesWhereThereIsNothing() {
        assertThat(Preconditions.of(List.of("*"), null).allow(Optional.empty())).isFalse();
        assertThat(noneMatch("*").allow(Optional.empty())).isTrue();
        assertThat(noneMatch("*").known(Optional.empty())).isFalse();
    }

    @Test
    void headerOnSeveralLinesIsOneList() {
        assertThat(Preconditions.of(null, List.of("\"x\"", "W/\"3\"")).known(THREE)).isTrue();
    }

    @Test
    void absentHeadersAllowEverythingAndKnowNothing() {
        Preconditions none = Preconditions.of(null, List.of());
        assertThat(none.allow(THREE)).isTrue();
        assertThat(none.known(THREE)).isFalse();
        assertThat(none.hasIfMatch() || none.hasIfNoneMatch()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "\"3", "w/\"3\"", "*, \"3\"", "", ",", "\"3\" \"4\"", "W/3"})
    void headerThatIsNoListOfTagsIsRefused(String header) {
        assertThatThrownBy(() -> noneMatch(header)).isInstanceOfSatisfying(Problem.class, problem -> {
            assertThat(problem.rule()).isEqualTo("invalid-entity-tag");
            assertThat(problem.detail()).startsWith("If-None-Match");
        });
    }

    @Test
    void longListIsRefusedAtOnce() {
        assertThatThrownBy(() -> noneMatch("\"5\", ".repeat(100_000) + "x")).isInstanceOf(Problem.class);
    }

    private static Preconditions noneMatch(String header) {
        return Preconditions.of(null, List.of(header));
    }
}
