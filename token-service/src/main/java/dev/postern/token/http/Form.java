// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import dev.postern.edge.PercentEncoding;
import dev.postern.edge.Problem;
import dev.postern.events.Utf8;
import dev.postern.token.Limits;
import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A form body ({@code application/x-www-form-urlencoded}) as OAuth reads it (RFC 6749, section 3.2): a parameter without a value is left out, one that
 * is repeated is refused, one that is unknown is ignored. No message repeats a value: it may be a secret.
 */
record Form(Map<String, String> parameters) {
    /** @throws Problem 400 {@code invalid-request} if it is no such form */
    static Form read(byte[] body) {
        if (body == null || body.length == 0) {
            throw invalid("", "a form is expected");
        }
        if (body.length > Limits.FORM_CHARACTERS_MAX) {
            throw invalid("", "at most " + Limits.FORM_CHARACTERS_MAX + " bytes");
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : text(body).split("&")) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
            if (!value.isEmpty() && parameters.put(name, value) != null) {
                throw invalid("", "a parameter may stand in a form only once");
            }
        }
        return new Form(parameters);
    }

    /** @throws Problem 400 {@code invalid-request} at the parameter if it is not there */
    String required(String name) {
        return Optional.ofNullable(parameters.get(name)).orElseThrow(() -> invalid("/" + name, "the parameter " + name + " is needed"));
    }

    private static String text(byte[] body) {
        try {
            return Utf8.decode(body);
        } catch (CharacterCodingException notUtf8) {
            throw invalid("", "a form is UTF-8");
        }
    }

    private static String decoded(String text) {
        return PercentEncoding.decodeForm(text)
            .orElseThrow(() -> invalid("", "a percent sign is followed by two hexadecimal digits, and the bytes so written are UTF-8"));
    }

    private static Problem invalid(String pointer, String detail) {
        Problem problem = new Problem(400, "invalid-request", detail);
        return pointer.isEmpty() ? problem : problem.at(pointer);
    }
}
