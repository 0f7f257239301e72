// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import java.util.List;

/**
 * Measures how much work the decision of a request is. An entry is one question to the policies for each action, or for each source of an opening. The
 * bound keeps a decision within a second of one processor with a hundred policies. The edge refuses a larger request with 400, and policy-service denies it.
 */
public final class DecisionWork {
    /** The most questions that a request may ask, over all its entries. */
    public static final int QUESTIONS_MAX = 1_000;

    private DecisionWork() {}

    /** Returns the number of questions that a request's entries ask. */
    public static int questions(List<AuthorizationDetail> details) {
        return details.stream().mapToInt(detail -> detail instanceof AuthorizationDetail.FirewallOpening opening ? opening.sources().size()
            : detail.policyActions().size()).sum();
    }

    /** Returns why a request of so many questions is refused, in words. */
    public static String refusal(int questions) {
        return "asks " + questions + " questions of the policies: one for each action and, for an opening, each source, over all entries; at most "
            + QUESTIONS_MAX + " are decided at once: send several requests";
    }
}
