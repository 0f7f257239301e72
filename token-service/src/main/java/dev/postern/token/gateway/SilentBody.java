package dev.postern.token.gateway;

/**
 * Bodies that say nothing: many clients send {@code {}}, {@code null} or an empty form with every call, also where no body belongs (python-digitalocean,
 * lexicon, Ansible). Whatever reads them, or does not, does the same.
 */
final class SilentBody {
    /** A longer one is not looked at, and is refused. */
    static final int BYTES_MAX = 1_024;

    private SilentBody() { }

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
            case "null" -> new String(body, java.nio.charset.StandardCharsets.ISO_8859_1).contains("null");
            default -> false;
        };
    }
}
