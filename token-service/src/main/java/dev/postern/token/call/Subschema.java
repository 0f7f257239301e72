// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.token.call.Evaluation.Evaluated;
import dev.postern.token.call.Evaluation.Spot;
import java.util.ArrayList;
import java.util.List;

/** One compiled subschema: {@code true}, {@code false}, or rules that all must hold. Does not change after it was compiled. */
final class Subschema {
    private final String standsUnder;
    private final List<Rule> rules = new ArrayList<>();
    private boolean never;

    /** @param standsUnder the keyword that holds it: named where {@code false} refuses */
    Subschema(String standsUnder) {
        this.standsUnder = standsUnder;
    }

    /** One rule of a subschema. */
    @FunctionalInterface
    interface Rule {
        /**
         * Returns true if the value is valid; if not, the violation was reported to the evaluation.
         *
         * @param evaluated the record of evaluated members; null where none is needed
         */
        boolean holds(JsonNode node, Spot at, Evaluation evaluation, Evaluated evaluated);
    }

    void never() {
        never = true;
    }

    void add(Rule rule) {
        rules.add(rule);
    }

    /** Returns whether all rules hold; what was evaluated is noted in {@code outer} only then. */
    boolean holds(JsonNode node, Spot at, Evaluation evaluation, Evaluated outer) {
        evaluation.work().take(5);
        if (never) {
            return evaluation.fails(at, standsUnder);
        }
        Evaluated evaluated = evaluation.evaluated();
        for (Rule rule : rules) {
            evaluation.work().take(2);
            if (!rule.holds(node, at, evaluation, evaluated)) {
                return false;
            }
        }
        if (outer != null && evaluated != null) {
            outer.add(evaluated, evaluation.work());
        }
        return true;
    }
}
