// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit;

import dev.postern.events.Utf8;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Content that a leaf of the tree binds: a Kafka record. {@link #leaf()} is its one encoding, described byte for byte in DESIGN.md, so that a client
 * that has the event can compute its leaf without asking the log.
 *
 * @param topic   the topic
 * @param key     the record's key
 * @param headers the CloudEvents headers of Kafka's binary mode ({@code ce_…} and {@code content-type}), name to value
 * @param payload the record's value, exactly
 */
public record LogEntry(String topic, String key, SortedMap<String, String> headers, byte[] payload) {
    /** The first byte of the encoding. */
    static final byte VERSION = 1;
    private static final Comparator<String> BY_BYTES = Comparator.comparing(name -> name.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

    /** Copies, and sorts the headers by the bytes of their names. */
    public LogEntry {
        SortedMap<String, String> sorted = new TreeMap<>(BY_BYTES);
        sorted.putAll(headers);
        headers = Collections.unmodifiableSortedMap(sorted);
        payload = payload.clone();
    }

    /** The entry's encoding: what the leaf hash is taken of, and what the log keeps. */
    public byte[] leaf() {
        List<byte[]> fields = new ArrayList<>();
        fields.add(utf8(topic));
        fields.add(utf8(key));
        for (Map.Entry<String, String> header : headers.entrySet()) {
            fields.add(utf8(header.getKey()));
            fields.add(utf8(header.getValue()));
        }
        fields.add(payload);
        int length = 1 + Integer.BYTES + fields.stream().mapToInt(field -> Integer.BYTES + field.length).sum();
        ByteBuffer leaf = ByteBuffer.allocate(length).put(VERSION);
        put(leaf, fields.get(0));
        put(leaf, fields.get(1));
        leaf.putInt(headers.size());
        fields.subList(2, fields.size()).forEach(field -> put(leaf, field));
        return leaf.array();
    }

    /** The hash of its leaf (RFC 9162 section 2.1.1). */
    public Hash leafHash() {
        return Hash.ofLeaf(leaf());
    }

    /**
     * The entry that has this encoding.
     *
     * @throws IllegalArgumentException for anything that {@link #leaf()} does not give: an entry has one encoding only
     */
    public static LogEntry read(byte[] leaf) {
        ByteBuffer bytes = ByteBuffer.wrap(leaf);
        try {
            if (bytes.get() != VERSION) {
                throw new IllegalArgumentException("not version " + VERSION + " of a log entry");
            }
            String topic = text(bytes);
            String key = text(bytes);
            SortedMap<String, String> headers = new TreeMap<>(BY_BYTES);
            int count = bytes.getInt();
            if (count < 0) {
                throw new IllegalArgumentException("too many headers");
            }
            for (int i = 0; i < count; i++) {
                String name = text(bytes);
                if (!headers.isEmpty() && BY_BYTES.compare(headers.lastKey(), name) >= 0) {
                    throw new IllegalArgumentException("headers are not in order, or one stands twice");
                }
                headers.put(name, text(bytes));
            }
            byte[] payload = field(bytes);
            if (bytes.hasRemaining()) {
                throw new IllegalArgumentException("bytes after the payload");
            }
            return new LogEntry(topic, key, headers, payload);
        } catch (BufferUnderflowException tooShort) {
            throw new IllegalArgumentException("ends too early", tooShort);
        }
    }

    @Override
    public byte[] payload() {
        return payload.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LogEntry entry && topic.equals(entry.topic) && key.equals(entry.key) && headers.equals(entry.headers)
            && Arrays.equals(payload, entry.payload);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(payload) * 31 + key.hashCode();
    }

    private static void put(ByteBuffer leaf, byte[] field) {
        leaf.putInt(field.length).put(field);
    }

    private static byte[] field(ByteBuffer bytes) {
        int length = bytes.getInt();
        if (length < 0 || length > bytes.remaining()) {
            throw new IllegalArgumentException("a field is longer than the entry");
        }
        byte[] field = new byte[length];
        bytes.get(field);
        return field;
    }

    private static byte[] utf8(String text) {
        try {
            // A lone surrogate has no UTF-8: replacing it would give two entries one encoding.
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException notText) {
            throw new IllegalArgumentException("not Unicode text", notText);
        }
    }

    private static String text(ByteBuffer bytes) {
        try {
            return Utf8.decode(field(bytes));
        } catch (CharacterCodingException notText) {
            throw new IllegalArgumentException("not UTF-8", notText);
        }
    }
}
