// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.token.operation.Operation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The target of the call to the provider: from the template that matched and the values that were checked, never from what was sent. */
public final class UpstreamTarget {
    private static final String HEX = "0123456789ABCDEF";

    private UpstreamTarget() {}

    /** Path and query. */
    public static String of(Operation operation, Map<String, String> parameters, Map<String, List<String>> query) {
        StringBuilder target = new StringBuilder(96);
        for (String segment : operation.segments()) {
            target.append('/');
            Optional<String> name = Operation.parameter(segment);
            if (name.isPresent()) {
                encode(parameters.get(name.get()), target);
            } else {
                target.append(segment);
            }
        }
        return query.isEmpty() ? target.toString() : target.append('?').append(query(query)).toString();
    }

    /** The query alone, without a question mark. */
    static String query(Map<String, List<String>> query) {
        StringBuilder text = new StringBuilder(64);
        query.forEach((name, values) -> {
            for (String value : values) {
                if (text.length() > 0) {
                    text.append('&');
                }
                encode(name, text);
                text.append('=');
                encode(value, text);
            }
        });
        return text.toString();
    }

    /** Everything but RFC 3986's unreserved characters, and colon, comma and at sign, which clients send as they are. */
    private static void encode(String value, StringBuilder into) {
        boolean plain = true;
        for (int at = 0; at < value.length() && plain; at++) {
            plain = isPlain(value.charAt(at));
        }
        if (plain) {
            into.append(value);
            return;
        }
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            if (b > 0 && isPlain((char) b)) {
                into.append((char) b);
            } else {
                into.append('%').append(HEX.charAt(b >> 4 & 15)).append(HEX.charAt(b & 15));
            }
        }
    }

    private static boolean isPlain(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-._~:,@".indexOf(c) >= 0;
    }
}
