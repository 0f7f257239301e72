// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UnavailableRetryTest {
    private static final Response AWAY = new Response(503, Optional.of("0"), "Kafka cannot be reached");
    private final UnavailableRetry<Response> retry = UnavailableRetry.of(Response::status, Response::retryAfter, Response::body);

    private record Response(int status, Optional<String> retryAfter, String body) {}

    @Test
    void callIsRepeatedAsLongAsTheServiceSaysWhenToComeBack() {
        assertEquals(201, after(AWAY, AWAY, new Response(201, Optional.empty(), "")).status());
    }

    @Test
    void everyOtherResponseIsReturnedAtOnce() {
        for (Response other : List.of(new Response(503, Optional.empty(), ""), new Response(500, Optional.of("0"), ""),
            new Response(429, Optional.of("0"), ""))) {
            assertEquals(other, after(other));
        }
    }

    @Test
    void refusalThatDoesNotEndFailsWithItsBody() {
        PartFailed failed = assertThrows(PartFailed.class, () -> retry.within(Duration.ZERO).call(() -> AWAY));
        assertTrue(failed.getMessage().contains(AWAY.body()), failed.getMessage());
    }

    private Response after(Response... responses) {
        Iterator<Response> next = List.of(responses).iterator();
        Response last = retry.call(next::next);
        assertTrue(!next.hasNext(), "the last one ends it");
        return last;
    }
}
