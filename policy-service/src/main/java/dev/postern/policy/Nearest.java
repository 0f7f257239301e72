// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the known word that a misspelled one was probably meant to be. */
final class Nearest {
    private static final int DISTANCE_MAX = 2;
    private static final int LENGTH_MAX = 64;

    private Nearest() {}

    /** Returns the known word at most two edits away, ignoring case and underscores; empty if there is none. */
    static Optional<String> to(String word, Collection<String> known) {
        String plain = plain(word);
        if (plain.length() > LENGTH_MAX) {
            return Optional.empty();
        }
        record Candidate(String word, int distance) {}
        return known.stream().map(each -> new Candidate(each, distance(plain, plain(each))))
            .filter(each -> each.distance() <= DISTANCE_MAX && each.distance() < each.word().length() / 2.0)
            .min(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::word)).map(Candidate::word);
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace("_", "");
    }

    /** The Levenshtein distance. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int column = 0; column < row.length; column++) {
            row[column] = column;
        }
        for (int line = 1; line <= one.length(); line++) {
            int diagonal = row[0];
            row[0] = line;
            for (int column = 1; column < row.length; column++) {
                int replaced = diagonal + (one.charAt(line - 1) == other.charAt(column - 1) ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.min(replaced, Math.min(row[column], row[column - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
