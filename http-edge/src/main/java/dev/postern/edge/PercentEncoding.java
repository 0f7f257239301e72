// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import dev.postern.events.Utf8;
import java.io.ByteArrayOutputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/** Percent-encoding of RFC 3986, section 2.1, and its variant in forms. */
public final class PercentEncoding {
    private PercentEncoding() {}

    /** Returns the decoded text; empty if an escape is malformed, the bytes are not UTF-8, or a character is there that must be escaped. */
    public static Optional<String> decode(String text) {
        return text.chars().allMatch(c -> c > 0x20 && c < 0x7f) ? unescaped(text.getBytes(StandardCharsets.US_ASCII)) : Optional.empty();
    }

    /**
     * Returns the decoded name or value of an {@code application/x-www-form-urlencoded} form, in which a plus sign is a blank; empty if an escape is malformed
     * or the bytes are not UTF-8.
     */
    public static Optional<String> decodeForm(String text) {
        return unescaped(text.replace('+', ' ').getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<String> unescaped(byte[] escaped) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(escaped.length);
        for (int at = 0; at < escaped.length; at++) {
            if (escaped[at] == '%') {
                boolean whole = at + 2 < escaped.length;
                int high = whole ? hex(escaped[at + 1]) : -1;
                int low = whole ? hex(escaped[at + 2]) : -1;
                if (high < 0 || low < 0) {
                    return Optional.empty();
                }
                bytes.write(high << 4 | low);
                at += 2;
            } else {
                bytes.write(escaped[at]);
            }
        }
        try {
            return Optional.of(Utf8.decode(bytes.toByteArray()));
        } catch (CharacterCodingException notUtf8) {
            return Optional.empty();
        }
    }

    private static int hex(byte c) {
        return HexFormat.isHexDigit(c) ? HexFormat.fromHexDigit(c) : -1;
    }
}
