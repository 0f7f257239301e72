// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class PreflightTest {
    private static final OptionalLong PLENTY = OptionalLong.of(16_000);
    private final StackSettings settings = StackSettings.of(Path.of("/checkout"));

    @Test
    void nothingIsSaidWhenAllIsFree() {
        assertEquals(Optional.empty(), Preflight.objection(settings, port -> true, PLENTY));
    }

    @Test
    void allPortsInUseAreSaidInOneLineWithTheirNames() {
        String line = Preflight.objection(settings, port -> port != 9092 && port != 8081, PLENTY).orElseThrow();
        assertEquals(1, line.lines().count());
        assertTrue(line.startsWith("Ports in use: 9092 (kafka), 8081 (token-service)."), line);
    }

    @Test
    void tooLittleMemoryIsSaidInOneLineWithBothFigures() {
        String line = Preflight.objection(settings, port -> true, OptionalLong.of(700)).orElseThrow();
        assertEquals("Too little memory: 700 MiB are available, the stack needs 2560 MiB.", line);
    }

    @Test
    void theSimulatedCloudsPortMattersOnlyWhenItIsStarted() {
        StackSettings real = settings.withCloud(new Cloud.Real(Cloud.Real.DIGITALOCEAN, "dop_v1_x"));
        assertEquals(Optional.empty(), Preflight.objection(real, port -> port != 8090, PLENTY));
        assertTrue(Preflight.objection(settings, port -> port != 8090, PLENTY).isPresent());
    }

    @Test
    void memoryThatCannotBeKnownIsNoObjection() {
        assertEquals(Optional.empty(), Preflight.objection(settings, port -> true, OptionalLong.empty()));
    }

    @Test
    void aTokenInTheEnvironmentChoosesTheRealCloud() {
        UpOptions options = UpOptions.parse(Path.of("/checkout"), List.of(), Map.of("DIGITALOCEAN_TOKEN", "dop_v1_x"));
        assertEquals(new Cloud.Real("https://api.digitalocean.com", "dop_v1_x"), options.settings().cloud());
    }

    @Test
    void theRealCloudsTokenIsNotPrinted() {
        UpOptions options = UpOptions.parse(Path.of("/checkout"), List.of("--digitalocean-token", "dop_v1_secret"), Map.of());
        assertTrue(!options.toString().contains("dop_v1_secret"), options.toString());
    }

    @Test
    void anOptionThatNobodyKnowsIsRefused() {
        for (List<String> wrong : List.of(List.of("--frsh"), List.of("--port"), List.of("--port", "kafka"), List.of("--port", "kafka=70000"))) {
            assertEquals(UpOptions.Wrong.class, refusal(wrong).getClass());
        }
    }

    private static RuntimeException refusal(List<String> arguments) {
        try {
            UpOptions.parse(Path.of("/checkout"), arguments, Map.of());
            return new IllegalStateException("accepted");
        } catch (RuntimeException e) {
            return e;
        }
    }
}
