// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the known name that is nearest to an unknown one. */
public final class NearestName {
    private static final int LENGTH_MAX = 40;

    private NearestName() {}

    /** Returns the name that differs least, if it differs in few letters; case, hyphens and underscores do not count. */
    public static Optional<String> to(String written, Collection<String> known) {
        if (written == null || written.isEmpty() || written.length() > LENGTH_MAX) {
            return Optional.empty();
        }
        String plain = plain(written);
        return known.stream().filter(name -> distance(plain, plain(name)) <= Math.max(1, name.length() / 4))
            .min(Comparator.comparingInt(name -> distance(plain, plain(name))));
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    /** Levenshtein's distance: letters to insert, delete or replace. */
    private static int distance(String one, String other) {
        int[] above = new int[other.length() + 1];
        for (int column = 0; column <= other.length(); column++) {
            above[column] = column;
        }
        for (int row = 1; row <= one.length(); row++) {
            int[] here = new int[other.length() + 1];
            here[0] = row;
            for (int column = 1; column <= other.length(); column++) {
                int replaced = above[column - 1] + (one.charAt(row - 1) == other.charAt(column - 1) ? 0 : 1);
                here[column] = Math.min(replaced, Math.min(above[column], here[column - 1]) + 1);
            }
            above = here;
        }
        return above[other.length()];
    }
}
