// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit;

import java.text.Normalizer;
import java.util.Comparator;
import java.util.Locale;

/**
 * Something that an entry can be found by.
 *
 * @param kind  what kind of thing the value names
 * @param value the value as the event writes it, in Unicode's composed form (NFC): the composed and the decomposed spelling of a name find each other
 */
public record Fact(Kind kind, String value) implements Comparable<Fact> {
    private static final Comparator<Fact> ORDER = Comparator.comparing(Fact::kind).thenComparing(Fact::value);

    /** Composes the value. */
    public Fact {
        value = Normalizer.normalize(value, Normalizer.Form.NFC);
    }

    /** The attributes that entries are searched by. In lower case, the names of the query parameters. */
    public enum Kind {
        /** The topic. */
        TOPIC,
        /** The CloudEvents type. */
        TYPE,
        /** The key of the record, which is the CloudEvents subject. */
        KEY,
        /** A request that the event is about, or names. */
        REQUEST_ID,
        /** A token. */
        TOKEN_ID,
        /** A protected service. */
        SERVICE,
        /** A resource by its URN; a protected service as {@code service:<name>}. */
        RESOURCE,
        /** A cloud account. */
        ACCOUNT,
        /** The {@code sub} of the person or client that acted. */
        ACTOR,
        /** The client by which it was done. */
        CLIENT,
        /** The customer for whom a portal asked. */
        ON_BEHALF_OF,
        /** A source address or block, canonical. */
        ADDRESS,
        /** A policy that determined a decision, or was changed. */
        POLICY,
        /** The kind of a credential that a call handed out. */
        HANDS_OUT,
        /** The outcome: granted, denied, approved, refused, allowed, revoked, expired, open, closed, failed … */
        OUTCOME;

        /** The name of the query parameter, and the first part of the index's words. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The word of the index: one line, whatever the value holds, so that no value can pass for a second fact. */
    public String word() {
        return kind.word() + ":" + value.replace("\\", "\\\\").replace("\n", "\\n");
    }

    /** The fact of a word of the index. */
    public static Fact ofWord(String word) {
        int colon = word.indexOf(':');
        StringBuilder value = new StringBuilder();
        for (int at = colon + 1; at < word.length(); at++) {
            char c = word.charAt(at);
            if (c == '\\') {
                at++;
                value.append(word.charAt(at) == 'n' ? '\n' : word.charAt(at));
            } else {
                value.append(c);
            }
        }
        return new Fact(Kind.valueOf(word.substring(0, colon).toUpperCase(Locale.ROOT)), value.toString());
    }

    @Override
    public int compareTo(Fact other) {
        return ORDER.compare(this, other);
    }
}
