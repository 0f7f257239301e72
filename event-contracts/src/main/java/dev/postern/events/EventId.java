// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The {@code id} of a CloudEvent. Deterministic: the same fact, published twice, has the same id, by which inboxes recognise it.
 */
public record EventId(String value) implements Comparable<EventId> {
    private static final Pattern FORM = Pattern.compile("[!-~]{1,64}");

    /** @throws IllegalArgumentException unless it has 1 to 64 visible characters of ASCII: it is written to headers and log lines */
    @JsonCreator
    public EventId {
        if (value == null || !FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("must have 1 to 64 visible characters of ASCII");
        }
    }

    /** The id of what happened once on a topic to what {@code parts} name: a name-based UUID (RFC 9562 section 5.3). */
    static EventId of(String topic, Object... parts) {
        StringBuilder name = new StringBuilder(topic);
        for (Object part : parts) {
            name.append('\n').append(part);
        }
        return new EventId(UUID.nameUUIDFromBytes(name.toString().getBytes(StandardCharsets.UTF_8)).toString());
    }

    @Override
    public int compareTo(EventId other) {
        return value.compareTo(other.value);
    }

    @JsonValue
    @Override
    public String toString() {
        return value;
    }
}
