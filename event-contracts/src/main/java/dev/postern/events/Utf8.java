// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** UTF-8 (RFC 3629) of bytes that strangers send: malformed bytes are refused, not replaced. */
public final class Utf8 {
    private Utf8() {}

    /**
     * Returns the text.
     *
     * @throws CharacterCodingException if the bytes are not UTF-8
     */
    public static String decode(byte[] bytes) throws CharacterCodingException {
        // A decoder reports malformed input unless it is told otherwise.
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
}
