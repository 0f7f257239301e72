// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.upstream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Rewrites the links of one JSON answer, part by part as it comes, and leaves every other byte as the provider wrote it: order of members, numbers and blanks.
 * It keeps nothing but the beginning of a text that may be a link. One per answer, for one thread.
 */
public final class LinkRewriter {
    /** No link is longer; a text that is longer passes as it is. */
    private static final int LINK_BYTES_MAX = 8_192;
    /** Bytes kept of a text, to recognise the name of a member that holds links. */
    private static final int NAME_BYTES_MAX = 8;
    private static final byte[] SCHEME = {'h', 't', 't', 'p'};
    private static final byte[] SLASHES = {'/', '/'};
    private static final int LOWER_CASE = 0x20;
    private static final JsonFactory JSON = new JsonFactory();

    private enum State { OUTSIDE, TEXT, CANDIDATE }

    private final ProviderLinks links;
    private State state = State.OUTSIDE;
    private boolean escaped;
    private int length;
    private final byte[] text = new byte[NAME_BYTES_MAX];
    private final byte[] member = new byte[NAME_BYTES_MAX];
    private int memberLength;
    /** Bytes of a candidate that came with earlier parts, from its quotation mark on. */
    private byte[] held = new byte[0];
    private Buffer out;
    private byte[] part;
    /** The first byte of the part that is not out yet. */
    private int from;

    LinkRewriter(ProviderLinks links) {
        this.links = links;
    }

    /** Rewrites a whole answer; returns the same buffer if there is nothing to rewrite. */
    public static Buffer whole(ProviderLinks links, Buffer answer) {
        byte[] bytes = answer.getBytes();
        // Every address has two slashes, escaped or not. Searching for them costs next to nothing.
        String latin = new String(bytes, StandardCharsets.ISO_8859_1);
        if (!latin.contains("//") && !latin.contains("\\/") && !latin.contains("\\u")) {
            return answer;
        }
        LinkRewriter rewriter = new LinkRewriter(links);
        return rewriter.next(bytes).appendBuffer(rewriter.end());
    }

    /** Takes the next part; returns what can go on now. */
    Buffer next(byte[] bytes) {
        part = bytes;
        out = Buffer.buffer(bytes.length + held.length);
        from = 0;
        int start = held.length > 0 ? -1 : 0;
        for (int at = 0; at < bytes.length; at++) {
            byte b = bytes[at];
            if (state == State.OUTSIDE) {
                if (b == '"') {
                    state = State.CANDIDATE;
                    start = at;
                    length = 0;
                } else if (b == ':') {
                    memberLength = Math.min(length, NAME_BYTES_MAX);
                    System.arraycopy(text, 0, member, 0, memberLength);
                    memberLength = length <= NAME_BYTES_MAX ? memberLength : 0;
                }
            } else if (!escaped && b == '"') {
                if (state == State.CANDIDATE) {
                    candidate(start, at);
                }
                state = State.OUTSIDE;
            } else {
                inside(b, start, at);
            }
        }
        if (state == State.CANDIDATE) {
            hold(start);
        } else {
            out.appendBytes(bytes, from, bytes.length - from);
        }
        return out;
    }

    /** Returns what is left when nothing more comes. */
    Buffer end() {
        Buffer rest = Buffer.buffer(held);
        held = new byte[0];
        return rest;
    }

    private void inside(byte b, int start, int at) {
        if (length < NAME_BYTES_MAX) {
            text[length] = b;
        }
        boolean plain = !escaped && b != '\\';
        if (state == State.CANDIDATE && (plain && !mayBeginLink(b)
            || held.length + at - Math.max(start, 0) > LINK_BYTES_MAX)) {
            state = State.TEXT;
            release();
        }
        // An escape in the scheme leaves the rest undecided: its length is not counted until the text ends.
        length = state == State.CANDIDATE && length < SCHEME.length && !plain ? SCHEME.length : length + 1;
        escaped = !escaped && b == '\\';
    }

    /** Returns whether a text may still be a link with this byte: one begins with a scheme, or with two slashes and takes the scheme of its page. */
    private boolean mayBeginLink(byte b) {
        boolean slashes = (length == 0 ? b : text[0]) == '/';
        byte[] begin = slashes ? SLASHES : SCHEME;
        return length >= begin.length || (slashes ? b : b | LOWER_CASE) == begin[length];
    }

    /** Releases the held bytes unchanged: they are no link. */
    private void release() {
        out.appendBytes(held);
        held = new byte[0];
    }

    private void hold(int start) {
        int begins = Math.max(start, 0);
        out.appendBytes(part, from, begins - from);
        int before = held.length;
        held = Arrays.copyOf(held, before + part.length - begins);
        System.arraycopy(part, begins, held, before, part.length - begins);
    }

    /** A text from its quotation mark, perhaps held, to the one at {@code end}. */
    private void candidate(int start, int end) {
        int begins = Math.max(start, 0);
        byte[] whole = held.length == 0 ? Arrays.copyOfRange(part, begins, end + 1) : Arrays.copyOf(held, held.length + end + 1);
        if (held.length > 0) {
            System.arraycopy(part, 0, whole, held.length, end + 1);
        }
        String link = whole.length <= SLASHES.length + 2 ? null
            : links.rewritten(new String(member, 0, memberLength, StandardCharsets.ISO_8859_1), decoded(whole));
        if (link == null) {
            release();
            return;
        }
        held = new byte[0];
        out.appendBytes(part, from, begins - from).appendByte((byte) '"').appendBytes(JsonStringEncoder.getInstance().quoteAsUTF8(link)).appendByte((byte) '"');
        from = end + 1;
    }

    private static String decoded(byte[] quoted) {
        boolean plain = true;
        for (byte b : quoted) {
            plain &= b != '\\';
        }
        if (plain) {
            return new String(quoted, 1, quoted.length - 2, StandardCharsets.UTF_8);
        }
        try (JsonParser parser = JSON.createParser(quoted)) {
            parser.nextToken();
            return parser.getText();
        } catch (IOException noText) {
            return "";
        }
    }
}
