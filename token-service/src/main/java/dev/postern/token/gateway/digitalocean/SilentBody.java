// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import java.nio.charset.StandardCharsets;

/**
 * Bodies that say nothing: many clients send {@code {}}, {@code null} or an empty form with every call, also where no body belongs (python-digitalocean,
 * lexicon, Ansible). Whatever reads them, or does not, does the same.
 */
final class SilentBody {
    /** A longer one is not looked at, and is refused. */
    static final int BYTES_MAX = 1_024;

    private SilentBody() {}

    /** Returns whether it is no body where an object may stand: nothing, blanks, {@code null}, {@code ""} or {@code []}. */
    static boolean isNoBody(byte[] body) {
        return body.length <= BYTES_MAX && is(body) && !new String(body, StandardCharsets.ISO_8859_1).contains("{");
    }

    /** Returns whether it is nothing but blanks, {@code {}}, {@code []}, {@code ""} or {@code null}. */
    static boolean is(byte[] body) {
        StringBuilder said = new StringBuilder();
        for (byte b : body) {
            if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
                said.append((char) (b & 0xff));
            }
            if (said.length() > 4) {
                return false;
            }
        }
        return switch (said.toString()) {
            case "", "{}", "[]", "\"\"" -> true;
            // The four letters in one piece.
            case "null" -> new String(body, StandardCharsets.ISO_8859_1).contains("null");
            default -> false;
        };
    }
}
