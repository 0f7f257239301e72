// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An entity that a policy's text names, as {@code Service::"shop-db"}.
 *
 * @param type  the entity type, as {@code Service}
 * @param id    the text between the quotes
 * @param index of the type in the text
 */
record EntityLiteral(String type, String id, int index) {
    /** Returns every entity that the tokens name, in their order. */
    static List<EntityLiteral> in(List<PolicyToken> tokens) {
        List<EntityLiteral> literals = new ArrayList<>();
        for (int each = 2; each < tokens.size(); each++) {
            if (tokens.get(each).kind() == PolicyToken.Kind.STRING && tokens.get(each - 1).is("::") && tokens.get(each - 2).word()) {
                int first = each - 2;
                while (first >= 2 && tokens.get(first - 1).is("::") && tokens.get(first - 2).word()) {
                    first -= 2;
                }
                String type = tokens.subList(first, each - 1).stream().map(PolicyToken::text).collect(Collectors.joining());
                literals.add(new EntityLiteral(type, tokens.get(each).text(), tokens.get(first).index()));
            }
        }
        return literals;
    }

    /** Returns it as a policy writes it. */
    String written() {
        return type + "::\"" + id + "\"";
    }
}
