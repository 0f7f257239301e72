// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import java.util.List;

/** Result of checking a text as a policy of the set. */
public sealed interface PolicyCheck {
    /**
     * It can.
     *
     * @param warnings what Cedar finds strange, for instance that it can never match
     */
    record Sound(List<PolicyFinding> warnings) implements PolicyCheck {}

    /**
     * It cannot.
     *
     * @param findings why; at least one
     */
    record Unsound(List<PolicyFinding> findings) implements PolicyCheck {}
}
