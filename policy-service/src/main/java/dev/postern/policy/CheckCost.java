// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Bounds the work and the memory of checking a policy, before Cedar sees it. Cedar's validator types the whole policy once for each request
 * environment (action, principal type, resource type) of the schema, keeps all of these trees until it is done, and reports each finding once per
 * environment. So the cost is tokens times environments: about 0.7 µs and 220 bytes of native memory for each token in each environment.
 *
 * <p>The environments are those of {@link PolicySchema#sliceFor}, which has only the actions that the policy can tell apart.
 */
final class CheckCost {
    /** The largest product of tokens and request environments: about 0.3 s and 70 MB. A policy can name every action. */
    static final long UNITS_MAX = 300_000;
    /** The most tokens, in however few environments: each can be a finding, which Cedar sends through JSON. */
    static final int TOKENS_MAX = 8_000;
    /** The most characters of all patterns of {@code like} together: Cedar compares each with each character of the text. */
    static final int PATTERN_CHARACTERS_MAX = 4_096;
    /** A long string costs as much as several tokens. */
    private static final int STRING_CHARACTERS_PER_UNIT = 16;

    private CheckCost() {}

    /** Returns what makes the policy too costly to check or to evaluate; empty if nothing does. */
    static Optional<PolicyFinding> broken(String text, List<PolicyToken> tokens) {
        long units = units(tokens);
        if (units > TOKENS_MAX) {
            return Optional.of(PolicyFinding.ofAll("too-costly", "the policy has " + units + " tokens, where a long string counts as several; at most "
                + TOKENS_MAX + " are checked: split it into several policies"));
        }
        int environments = PolicySchema.provided().environments(actions(tokens));
        if (units * environments > UNITS_MAX) {
            return Optional.of(PolicyFinding.ofAll("too-costly", "the policy has " + units + " tokens, and the actions that it names make " + environments
                + " request environments to check it in; their product is at most " + UNITS_MAX + ": name fewer actions, or split it into several policies"));
        }
        int patterns = 0;
        for (int each = 1; each < tokens.size(); each++) {
            if (tokens.get(each - 1).is("like")) {
                patterns += tokens.get(each).text().length();
                if (patterns > PATTERN_CHARACTERS_MAX) {
                    return Optional.of(PolicyFinding.at("too-costly", text, tokens.get(each).index(),
                        "the patterns of like have at most " + PATTERN_CHARACTERS_MAX + " characters together"));
                }
            }
        }
        return Optional.empty();
    }

    static long units(List<PolicyToken> tokens) {
        return tokens.stream().mapToLong(token -> token.kind() == PolicyToken.Kind.STRING ? 1 + token.text().length() / STRING_CHARACTERS_PER_UNIT : 1)
            .sum();
    }

    /** The actions that the policy names: those that it can tell from others of their kind. */
    static Set<String> actions(List<PolicyToken> tokens) {
        return EntityLiteral.in(tokens).stream().filter(literal -> literal.type().equals("Action")).map(EntityLiteral::id).collect(Collectors.toSet());
    }
}
