// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.operation;

import java.util.regex.Pattern;

/** Slugs of what the provider offers to everybody, as {@code debian-12-x64}. The ids of an account's own images are numbers. */
public final class PublicSlug {
    private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9]*(?:[-_.][a-z0-9]+){0,20}");

    private PublicSlug() {}

    public static boolean is(String text) {
        return text.length() <= 100 && FORM.matcher(text).matches();
    }
}
