// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

/** Result of removing a policy. */
public sealed interface PolicyRemoved {
    /**
     * It is gone.
     *
     * @param version the version of the set without it
     */
    record Removed(long version) implements PolicyRemoved {}

    /** There was none. */
    record Unknown() implements PolicyRemoved {}

    /** The precondition of the caller names another state than the present one. */
    record PreconditionFailed() implements PolicyRemoved {}
}
