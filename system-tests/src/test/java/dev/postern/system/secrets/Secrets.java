// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.secrets;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Secrets that must not appear anywhere: those known to the test, by name, and the forms of the others. */
final class Secrets {
    /** The gateway token, as design section 6 has it: printed it is {@code pst_***}. */
    private static final Form TOKEN = new Form("a token", "pst_", Pattern.compile("pst_[0-9A-Za-z]{20,}"));
    /** An access, refresh or id token of Keycloak: a signed JWT, three parts. */
    private static final Form JWT = new Form("a JWT", "eyJ", Pattern.compile("eyJ[0-9A-Za-z_-]{10,}\\.[0-9A-Za-z_-]{10,}\\.[0-9A-Za-z_-]{10,}"));
    private static final List<Form> FORMS = List.of(TOKEN, JWT);
    private final Map<String, String> byName = new LinkedHashMap<>();

    private record Form(String name, String start, Pattern pattern) {}

    /** A secret that the test was told. */
    Secrets know(String name, String secret) {
        if (secret.length() < 8) {
            throw new IllegalArgumentException("too short to be told from chance: " + name);
        }
        byName.put(name, secret);
        return this;
    }

    /** Names of the secrets that stand in a text, with what stands before them. */
    List<String> in(String text) {
        List<String> found = new ArrayList<>();
        byName.forEach((name, secret) -> {
            int at = text.indexOf(secret);
            if (at >= 0) {
                found.add(name + before(text, at));
            }
        });
        for (Form form : FORMS) {
            for (int at = text.indexOf(form.start()); at >= 0; at = text.indexOf(form.start(), at + 1)) {
                Matcher matcher = form.pattern().matcher(text).region(at, Math.min(text.length(), at + 4_000));
                if (matcher.lookingAt()) {
                    found.add(form.name() + before(text, at));
                    break;
                }
            }
        }
        return found;
    }

    private static String before(String text, int at) {
        return " after \"" + text.substring(Math.max(0, at - 80), at).replaceAll("[^ -~]", ".") + "\"";
    }
}
