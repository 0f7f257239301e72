// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class HostileRequestsTest {
    private static final Route WITH_JSON = new Route("s", "POST", "/things", List.of(), List.of(),
        Route.RightCall.json("olga", Map.of(), "{\"name\":\"a\",\"parts\":[{\"n\":1}]}"));
    private static final Route BARE = new Route("s", "GET", "/things/{id}", List.of("limit"), List.of("Prefer"),
        Route.RightCall.bare("olga", Map.of("id", "x")));

    @Test
    void everyRouteGetsFiveHundredOrMore() {
        assertThat(HostileRequests.of(WITH_JSON, 1)).hasSizeGreaterThanOrEqualTo(500);
        assertThat(HostileRequests.of(BARE, 1)).hasSizeGreaterThanOrEqualTo(500);
    }

    @Test
    void theSameSeedGivesTheSameBytesAndAnotherGivesOthers() {
        assertThat(bytes(HostileRequests.of(WITH_JSON, 1))).isEqualTo(bytes(HostileRequests.of(WITH_JSON, 1)));
        assertThat(bytes(HostileRequests.of(WITH_JSON, 1))).isNotEqualTo(bytes(HostileRequests.of(WITH_JSON, 2)));
    }

    @Test
    void everyFamilyIsThere() {
        Set<String> families = HostileRequests.of(WITH_JSON, 1).stream().map(HostileRequest::family).collect(Collectors.toCollection(TreeSet::new));
        assertThat(families).containsExactly("controls", "duplicates", "encodings", "framing", "headers", "methods", "nesting", "paths", "queries", "sizes",
            "syntax", "types");
    }

    @Test
    void hardlyARequestIsThereTwice() {
        for (Route route : List.of(WITH_JSON, BARE)) {
            List<String> all = bytes(HostileRequests.of(route, 1));
            assertThat((double) Set.copyOf(all).size()).isGreaterThan(0.97 * all.size());
        }
    }

    @Test
    void aPartHasAllFamiliesAndIsTheSameForTheSameSeed() {
        List<HostileRequest> all = HostileRequests.of(WITH_JSON, 1);
        List<HostileRequest> part = HostileRequests.part(all, 500, 3);
        assertThat(part).hasSize(500).doesNotHaveDuplicates().isEqualTo(HostileRequests.part(all, 500, 3));
        assertThat(part.stream().map(HostileRequest::family).collect(Collectors.groupingBy(family -> family, Collectors.counting())).values())
            .allMatch(count -> count >= 10);
        assertThat(HostileRequests.part(all, 1_000_000, 3)).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void aWriteNeverCarriesTheRightBody() {
        String right = WITH_JSON.call().body();
        assertThat(HostileRequests.of(WITH_JSON, 1)).noneMatch(request -> new String(request.body(), java.nio.charset.StandardCharsets.UTF_8).equals(right));
    }

    private static List<String> bytes(List<HostileRequest> requests) {
        return requests.stream().map(request -> new String(request.bytes("t"), java.nio.charset.StandardCharsets.ISO_8859_1)).toList();
    }
}
