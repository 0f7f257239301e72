// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;

/**
 * Position behind the last item of a page: its sort key, and its id to tell items of one key apart. Opaque to callers, safe in a URL.
 *
 * @param position the sort key: a number, or an instant as microseconds since 1970 (the precision of PostgreSQL)
 * @param id       the id of the last item, at most {@value #ID_LENGTH_MAX} characters; may be empty
 */
public record Cursor(long position, String id) {
    /** The longest id. */
    public static final int ID_LENGTH_MAX = 200;
    private static final long MICROS = 1_000_000;
    private static final int NANOS_OF_A_MICRO = 1_000;
    private static final byte VERSION = 1;
    private static final int HEAD_BYTES = 1 + Long.BYTES;

    /** @throws IllegalArgumentException if the id is too long */
    public Cursor {
        if (id.length() > ID_LENGTH_MAX) {
            throw new IllegalArgumentException("an id of a cursor has at most " + ID_LENGTH_MAX + " characters");
        }
    }

    /** A cursor by time, of the years that PostgreSQL knows; what is finer than a microsecond is cut off. */
    public static Cursor of(Instant instant, String id) {
        return new Cursor(Math.addExact(Math.multiplyExact(instant.getEpochSecond(), MICROS), instant.getNano() / NANOS_OF_A_MICRO), id);
    }

    /** A cursor by number. */
    public static Cursor of(long position, String id) {
        return new Cursor(position, id);
    }

    /** The position as a time. */
    public Instant instant() {
        return Instant.EPOCH.plus(position, ChronoUnit.MICROS);
    }

    /** The opaque text: base64url without padding. */
    public String encode() {
        byte[] name = id.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(HEAD_BYTES + name.length).put(VERSION).putLong(position).put(name);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /** @throws Problem 400 {@code invalid-cursor} if the text is none that {@link #encode()} gives */
    public static Cursor decode(String text) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            if (bytes.length >= HEAD_BYTES && bytes[0] == VERSION) {
                String id = new String(bytes, HEAD_BYTES, bytes.length - HEAD_BYTES, StandardCharsets.UTF_8);
                Cursor cursor = new Cursor(ByteBuffer.wrap(bytes, 1, Long.BYTES).getLong(), id);
                if (Text.isCleanLine(id) && cursor.encode().equals(text)) {
                    return cursor;
                }
            }
        } catch (IllegalArgumentException notBase64) {
            throw invalid();
        }
        throw invalid();
    }

    private static Problem invalid() {
        return Problem.badRequest("invalid-cursor", "?cursor", "the cursor must be one that a list answered");
    }
}
