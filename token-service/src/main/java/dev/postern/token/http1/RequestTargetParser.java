// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http1;

import dev.postern.edge.PercentEncoding;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads a raw request target (RFC 9112 section 3.2.1, origin form only) in one way, or refuses it: whatever two readers could take for two different
 * resources does not pass. Escapes are decoded once; what would be another path after a second decoding, after removing dots or after cutting
 * parameters off is refused, not repaired.
 */
final class RequestTargetParser {
    /** Characters of a target. */
    static final int LENGTH_MAX = 8_192;
    static final int SEGMENTS_MAX = 32;
    static final int PARAMETERS_MAX = 64;
    private static final int REPOSITORY_LENGTH_MAX = 255;
    private static final Pattern REPOSITORY = Pattern.compile("[a-z0-9]++(?:[._-]++[a-z0-9]++)*+(?:/[a-z0-9]++(?:[._-]++[a-z0-9]++)*+)*+");
    private static final String RAW_PATH = "-._~!$&'()*+,=:@";
    private static final String RAW_QUERY = "-._~!$'()*+,=:@/?[]";
    private static final Refusal ENCODING = Refusal.malformed("invalid-encoding", "An escape in the path or query is not a valid one.");
    private static final Refusal DOUBLE = Refusal.malformed("double-encoding", "The path or query is encoded more than once.");
    private static final Refusal CONTROL = Refusal.malformed("control-character", "The path or query has a control character.");
    private static final Refusal CHARACTER = Refusal.malformed("illegal-character", "The path or query has a character that must be encoded.");
    private static final Refusal BACKSLASH = Refusal.malformed("backslash", "The path or query has a backslash.");
    private static final Refusal MATRIX = Refusal.malformed("matrix-parameter", "The path has a parameter behind a semicolon.");
    private static final Refusal DOTS = Refusal.malformed("dot-segment", "The path has a segment of dots, or an encoded dot.");
    private static final Refusal EMPTY = Refusal.malformed("empty-segment", "The path has an empty segment.");

    private RequestTargetParser() {}

    /** @param raw as it stands in the request line, without blanks */
    static ParsedTarget read(String raw) {
        if (raw.length() > LENGTH_MAX) {
            return new Refusal(414, "long-target", "The request target is too long.");
        }
        if (raw.isEmpty() || raw.charAt(0) != '/') {
            return Refusal.malformed("target-form", "The request target must be a path.");
        }
        int question = raw.indexOf('?');
        String path = question < 0 ? raw : raw.substring(0, question);
        List<String> segments = new ArrayList<>(8);
        Refusal refusal = path.length() == 1 ? null : segments(path, segments);
        if (refusal != null) {
            return refusal;
        }
        if (question < 0 || question == raw.length() - 1) {
            return new RequestTarget(segments, List.of());
        }
        List<RequestTarget.Parameter> query = new ArrayList<>();
        refusal = query(raw.substring(question + 1), query);
        return refusal != null ? refusal : new RequestTarget(segments, query);
    }

    private static Refusal segments(String path, List<String> into) {
        int from = 1;
        while (from <= path.length()) {
            int slash = path.indexOf('/', from);
            int end = slash < 0 ? path.length() : slash;
            if (end == from) {
                // One slash behind the last segment names the same resource: certbot and others write it.
                return slash < 0 && !into.isEmpty() ? null : EMPTY;
            }
            if (into.size() == SEGMENTS_MAX) {
                return Refusal.malformed("many-segments", "The path has too many segments.");
            }
            Refusal refusal = segment(path.substring(from, end), into);
            if (refusal != null) {
                return refusal;
            }
            from = end + 1;
        }
        return null;
    }

    private static Refusal segment(String raw, List<String> into) {
        boolean escaped = false;
        boolean dots = true;
        for (int at = 0; at < raw.length(); at++) {
            char c = raw.charAt(at);
            escaped |= c == '%';
            dots &= c == '.';
            if (c != '%' && !plain(c) && RAW_PATH.indexOf(c) < 0) {
                return illegal(c);
            }
        }
        if (dots) {
            return DOTS;
        }
        if (!escaped) {
            into.add(raw);
            return null;
        }
        if (raw.contains("%2e") || raw.contains("%2E")) {
            return DOTS;
        }
        Optional<String> decoded = decoded(raw, false);
        if (decoded.isEmpty()) {
            return ENCODING;
        }
        if (decoded.get().indexOf('/') >= 0 && isRepositoryNext(into)) {
            return repository(decoded.get(), into);
        }
        Refusal refusal = hidden(decoded.get());
        if (refusal == null) {
            into.add(decoded.get());
        }
        return refusal;
    }

    /** Returns whether the next segment is the name of a repository: the one parameter whose slashes the provider's document wants to be encoded. */
    private static boolean isRepositoryNext(List<String> before) {
        return before.size() == 4 && (before.get(1).equals("registry") || before.get(1).equals("registries")) && before.get(3).equals("repositories");
    }

    /** Reads a repository name of several path components (OCI distribution specification, "Pulling manifests") as one segment. */
    private static Refusal repository(String name, List<String> into) {
        if (name.length() > REPOSITORY_LENGTH_MAX || !REPOSITORY.matcher(name).matches()) {
            return Refusal.malformed("encoded-slash", "The path has an encoded slash outside a repository name in lower case, like acme%2Fshop.");
        }
        into.add(name);
        return null;
    }

    /** Refuses escapes that must not occur in a path. */
    private static Refusal hidden(String segment) {
        boolean ascii = true;
        boolean nothing = true;
        for (int at = 0; at < segment.length(); at++) {
            char c = segment.charAt(at);
            ascii &= c < 0x80;
            nothing &= c == '.' || c == ' ';
            switch (c) {
                case '/':
                    return Refusal.malformed("encoded-slash", "The path has an encoded slash.");
                case '\\':
                    return BACKSLASH;
                case '%':
                    return DOUBLE;
                case ';':
                    return MATRIX;
                case '?', '#':
                    return Refusal.malformed("encoded-delimiter", "The path has an encoded question mark or number sign.");
                default:
            }
        }
        return nothing ? DOTS : unclear(segment, ascii);
    }

    /** Control characters, and characters that another reader may take for another text. */
    private static Refusal unclear(String text, boolean ascii) {
        for (int at = 0; at < text.length(); at++) {
            int type = Character.getType(text.codePointAt(at));
            boolean tail = Character.isLowSurrogate(text.charAt(at)) && at > 0;
            if (!tail && (type == Character.CONTROL || type == Character.FORMAT || type == Character.LINE_SEPARATOR || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.UNASSIGNED || type == Character.PRIVATE_USE)) {
                return CONTROL;
            }
        }
        return ascii || Normalizer.isNormalized(text, Normalizer.Form.NFKC) ? null
            : Refusal.malformed("compatibility-character", "The path or query has a character that has another spelling.");
    }

    private static Refusal query(String raw, List<RequestTarget.Parameter> into) {
        for (int at = 0; at < raw.length(); at++) {
            char c = raw.charAt(at);
            if (c != '%' && c != '&' && !plain(c) && RAW_QUERY.indexOf(c) < 0) {
                return illegal(c);
            }
        }
        Map<String, String> spellings = new HashMap<>();
        int from = 0;
        while (from <= raw.length()) {
            int and = raw.indexOf('&', from);
            int end = and < 0 ? raw.length() : and;
            // Between two ampersands, or beside one, there is no parameter for any reader.
            if (end > from) {
                Refusal refusal = into.size() == PARAMETERS_MAX ? Refusal.malformed("many-parameters", "The query has too many parameters.")
                    : parameter(raw.substring(from, end), into, spellings);
                if (refusal != null) {
                    return refusal;
                }
            }
            from = end + 1;
        }
        return null;
    }

    private static Refusal parameter(String piece, List<RequestTarget.Parameter> into, Map<String, String> spellings) {
        int equals = piece.indexOf('=');
        Optional<String> name = decoded(equals < 0 ? piece : piece.substring(0, equals), true);
        Optional<String> value = decoded(equals < 0 ? "" : piece.substring(equals + 1), true);
        if (name.isEmpty() || value.isEmpty()) {
            return ENCODING;
        }
        if (!isName(name.get())) {
            return Refusal.malformed("parameter-name", "A query parameter has no name, or one with other characters than letters, digits, . _ - [ and ].");
        }
        if (name.get().equals("_method")) {
            return Refusal.malformed("method-override", "The method cannot be overridden.");
        }
        String earlier = spellings.putIfAbsent(name.get().toLowerCase(java.util.Locale.ROOT).replace("[]", ""), name.get());
        if (earlier != null && !earlier.equals(name.get())) {
            return Refusal.malformed("duplicate-parameter", "A query parameter stands there twice in two spellings.");
        }
        if (stillEncoded(value.get())) {
            return DOUBLE;
        }
        if (value.get().indexOf('\\') >= 0) {
            return BACKSLASH;
        }
        Refusal refusal = unclear(value.get(), false);
        if (refusal == null) {
            into.add(new RequestTarget.Parameter(name.get(), value.get()));
        }
        return refusal;
    }

    private static boolean isName(String name) {
        for (int at = 0; at < name.length(); at++) {
            char c = name.charAt(at);
            if (!plain(c) && "._-[]".indexOf(c) < 0) {
                return false;
            }
        }
        return !name.isEmpty() && name.length() <= 100;
    }

    private static boolean stillEncoded(String text) {
        for (int at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 1)) {
            if (at + 2 < text.length() && HexFormat.isHexDigit(text.charAt(at + 1)) && HexFormat.isHexDigit(text.charAt(at + 2))) {
                return true;
            }
        }
        return false;
    }

    private static Refusal illegal(char c) {
        return c == '\\' ? BACKSLASH : c == ';' ? MATRIX : c < 0x20 || c == 0x7f ? CONTROL : CHARACTER;
    }

    private static boolean plain(char c) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c == '_';
    }

    /** Empty if an escape is none, or the bytes are no UTF-8 (overlong forms and surrogates are none). */
    private static Optional<String> decoded(String raw, boolean plusIsBlank) {
        if (raw.indexOf('%') < 0) {
            return Optional.of(plusIsBlank ? raw.replace('+', ' ') : raw);
        }
        return plusIsBlank ? PercentEncoding.decodeForm(raw) : PercentEncoding.decode(raw);
    }
}
