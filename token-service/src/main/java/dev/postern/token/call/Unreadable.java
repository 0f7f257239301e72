// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import dev.postern.token.operation.Place;
import java.util.Locale;

/** Ends the reading of one call that must be refused. */
final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient CallReader.Problem problem;

    Unreadable(CallVerdict.Rule rule, String message) {
        super(message, null, false, false);
        this.problem = new CallReader.Problem(rule, message);
    }

    static Unreadable at(Place place) {
        return new Unreadable(CallVerdict.Rule.MALFORMED_REFERENCE, place.in().name().toLowerCase(Locale.ROOT) + " " + place.name()
            + " must name " + article(place.type()) + " " + place.type() + " by its id");
    }

    CallReader.Problem problem() {
        return problem;
    }

    private static String article(String type) {
        return !type.isEmpty() && "aeiou".indexOf(type.charAt(0)) >= 0 ? "an" : "a";
    }
}
