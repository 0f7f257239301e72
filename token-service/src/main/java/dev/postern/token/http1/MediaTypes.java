// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http1;

import java.util.Locale;
import java.util.Set;

/** Reads the Content-Type of a request's body. */
public final class MediaTypes {
    private static final Set<String> CHARSETS = Set.of("utf-8", "utf8", "us-ascii", "ascii");

    private MediaTypes() {}

    /** Returns whether a body comes as JSON in UTF-8 and not compressed. Chunks without a type may turn out to be empty. */
    public static boolean isPlainJson(RequestHead head) {
        String coding = head.header("content-encoding");
        String type = head.header("content-type");
        return (coding == null || coding.equalsIgnoreCase("identity")) && (type == null ? head.chunked() : isJson(type));
    }

    /**
     * Returns true for JSON in UTF-8, ignoring case, blanks and quotation marks. JSON has no parameters (RFC 8259 section 11): unknown ones are
     * ignored, but any other charset is refused.
     */
    static boolean isJson(String type) {
        String[] parts = type.toLowerCase(Locale.ROOT).split(";", -1);
        if (!parts[0].strip().equals("application/json")) {
            return false;
        }
        for (int at = 1; at < parts.length; at++) {
            String[] parameter = parts[at].split("=", 2);
            if (parameter[0].strip().equals("charset") && (parameter.length < 2 || !CHARSETS.contains(parameter[1].strip().replaceAll("^\"|\"$", "")))) {
                return false;
            }
        }
        return true;
    }
}
