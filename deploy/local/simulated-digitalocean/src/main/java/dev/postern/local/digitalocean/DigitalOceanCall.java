// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.SimulatedRequest;
import dev.postern.local.simulated.Mishap;
import dev.postern.local.simulated.Refusal;
import java.util.Map;

/**
 * A call on its way through the simulation.
 *
 * @param account whose token it bears
 * @param settings as they were when it was taken up
 */
record DigitalOceanCall(SimulatedRequest asked, CloudAccount account, Settings settings) {

    /** Without the query, as it came. */
    String path() {
        return asked.path();
    }

    /** Decoded; the first value of each name. */
    Map<String, String> query() {
        return asked.query();
    }

    /** When it was taken up, in microseconds since the epoch. */
    long nowMicros() {
        return asked.nowMicros();
    }

    /** Scheme and host of the links in its answer. */
    String linkBase() {
        return settings.linkBase();
    }

    Mishap mishap() {
        return asked.mishap();
    }

    /** Returns the part of the path that a placeholder of the route matched. */
    String name(String placeholder) {
        return asked.name(placeholder);
    }

    /** A placeholder that must be a positive integer; anything else names nothing. */
    long id(String placeholder) {
        String text = name(placeholder);
        if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            throw Refusal.notFound();
        }
        return Long.parseLong(text);
    }

    long delayMicros() {
        return settings.delayMicros();
    }

    /** The body as a JSON object. */
    ObjectNode json() {
        return asked.object();
    }

    /** The body as a JSON object; an empty one where there is no body. */
    ObjectNode jsonOrEmpty() {
        return asked.objectOrEmpty();
    }
}
