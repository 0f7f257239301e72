// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

/** Result of putting a policy. */
public sealed interface PolicyPut {
    /** There was none of that id. */
    record Created(StoredPolicy policy) implements PolicyPut {}

    /** Its text is another now. */
    record Replaced(StoredPolicy policy) implements PolicyPut {}

    /** It had this text already; nothing changed. */
    record Unchanged(StoredPolicy policy) implements PolicyPut {}

    /** The precondition of the caller names another state than the present one. */
    record PreconditionFailed() implements PolicyPut {}

    /** There is another text, and the caller does not say that it is to be replaced. */
    record PreconditionRequired() implements PolicyPut {}

    /** The texts of all policies together are too long. */
    record TooLong(long bytesMax) implements PolicyPut {}

    /** The set is full. */
    record TooMany(int policiesMax) implements PolicyPut {}
}
