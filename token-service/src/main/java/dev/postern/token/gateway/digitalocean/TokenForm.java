// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.events.ResourceName;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Takes out whatever has the form of a token: a client that puts its token into a path by mistake must not find it in an event or a log. Of the token stays
 * {@code pst_}, since the name of a resource cannot have a question mark.
 */
final class TokenForm {
    private static final String PREFIX = "pst_";
    private static final Pattern TOKEN = Pattern.compile("pst_[0-9A-Za-z]{16,}");

    private TokenForm() {}

    static String hide(String text) {
        return text.contains(PREFIX) ? TOKEN.matcher(text).replaceAll(PREFIX) : text;
    }

    static ResourceName hide(ResourceName name) {
        return name.value().contains(PREFIX) ? new ResourceName(hide(name.value())) : name;
    }

    /** The same list if there is nothing to hide. */
    static List<ResourceName> hide(List<ResourceName> names) {
        for (ResourceName name : names) {
            if (name.value().contains(PREFIX)) {
                return names.stream().map(TokenForm::hide).distinct().toList();
            }
        }
        return names;
    }
}
