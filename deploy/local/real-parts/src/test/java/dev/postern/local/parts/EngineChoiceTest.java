// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import static dev.postern.local.parts.EngineChoice.Engine.ANSWERS;
import static dev.postern.local.parts.EngineChoice.Engine.NO_SOCKET;
import static dev.postern.local.parts.EngineChoice.Engine.SILENT;
import static dev.postern.local.parts.EngineChoice.Engine.UNUSABLE;
import static dev.postern.local.parts.EngineChoice.Kind.CONTAINERS;
import static dev.postern.local.parts.EngineChoice.Kind.EMBEDDED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EngineChoiceTest {
    static Stream<Arguments> table() {
        return Stream.of(
            arguments(null, ANSWERS, CONTAINERS),
            arguments(null, SILENT, EMBEDDED),
            arguments(null, UNUSABLE, EMBEDDED),
            arguments(null, NO_SOCKET, EMBEDDED),
            arguments("embedded", ANSWERS, EMBEDDED),
            arguments("embedded", NO_SOCKET, EMBEDDED),
            arguments("containers", SILENT, CONTAINERS),
            arguments("containers", NO_SOCKET, CONTAINERS),
            arguments("containers", ANSWERS, CONTAINERS));
    }

    @ParameterizedTest
    @MethodSource("table")
    void containersWhereAnEngineAnswersElseEmbeddedUnlessSomebodySaysOtherwise(String wanted, EngineChoice.Engine engine, EngineChoice.Kind expected) {
        assertEquals(expected, EngineChoice.choose(Optional.ofNullable(wanted), engine).kind());
    }

    @ParameterizedTest
    @MethodSource("table")
    void theReasonIsOneLine(String wanted, EngineChoice.Engine engine, EngineChoice.Kind expected) {
        String line = EngineChoice.choose(Optional.ofNullable(wanted), engine).toString();
        assertFalse(line.isBlank());
        assertEquals(1, line.lines().count());
    }

    @Test
    void aWishThatNobodyKnowsIsRefused() {
        assertThrows(PartFailed.class, () -> EngineChoice.choose(Optional.of("podman"), ANSWERS));
    }
}
