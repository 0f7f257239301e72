// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http1;

/**
 * Finds the end of a request body (RFC 9112 sections 6 and 7), byte by byte and in the strictest reading: chunk sizes of at most eight hexadecimal
 * digits, no chunk extensions, CRLF as the only line end, no trailers. One instance per request.
 */
final class BodyFraming {
    private enum At { SIZE, SIZE_LF, DATA, DATA_CR, DATA_LF, END_CR, END_LF, DONE }

    private static final int SIZE_DIGITS_MAX = 8;
    private At at;
    private final boolean chunked;
    private long left;
    private int digits;
    private Refusal refusal;

    private BodyFraming(boolean chunked, long length) {
        this.chunked = chunked;
        this.left = chunked ? 0 : length;
        this.at = chunked ? At.SIZE : length > 0 ? At.DATA : At.DONE;
    }

    static BodyFraming of(RequestHead head) {
        return new BodyFraming(head.chunked(), Math.max(0, head.contentLength()));
    }

    boolean isDone() {
        return at == At.DONE;
    }

    /** Returns the framing error; null while there is none. */
    Refusal refusal() {
        return refusal;
    }

    /** Bytes that may be skipped over, because they are data. */
    long dataLeft() {
        return at == At.DATA ? left : 0;
    }

    /** Passes over data: at most {@link #dataLeft()}. */
    void skip(long count) {
        left -= count;
        if (left == 0) {
            at = chunked ? At.DATA_CR : At.DONE;
        }
    }

    /** Takes one byte that is not data. @return false if it must not stand there; {@link #refusal()} says why */
    boolean take(byte b) {
        switch (at) {
            case SIZE:
                return size(b);
            case SIZE_LF:
                return expect(b, '\n', left == 0 ? At.END_CR : At.DATA);
            case DATA_CR:
                return expect(b, '\r', At.DATA_LF);
            case DATA_LF:
                digits = 0;
                return expect(b, '\n', At.SIZE);
            case END_CR:
                return b == '\r' ? expect(b, '\r', At.END_LF) : refuse("trailer", "A body in chunks cannot have trailers here.");
            case END_LF:
                return expect(b, '\n', At.DONE);
            default:
                throw new IllegalStateException("no byte is due");
        }
    }

    private boolean size(byte b) {
        int digit = Character.digit(b, 16);
        if (b > 0 && digit >= 0) {
            left = digits == 0 ? digit : left * 16 + digit;
            return ++digits <= SIZE_DIGITS_MAX || refuse("chunk", "A chunk is too long.");
        }
        if (b == '\r' && digits > 0) {
            at = At.SIZE_LF;
            return true;
        }
        return b == ';' || b == ' ' || b == '\t' ? refuse("chunk-extension", "Chunks cannot have extensions here.")
            : refuse("chunk", "The length of a chunk is not one.");
    }

    private boolean expect(byte b, char expected, At next) {
        if (b != expected) {
            return refuse("chunk", "A chunk does not end where it says.");
        }
        at = next;
        return true;
    }

    private boolean refuse(String rule, String message) {
        refusal = Refusal.malformed(rule, message);
        return false;
    }
}
