// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import java.util.List;

/** The dependencies of a service: its database, its broker. A bean of this type tells the edge which are known to be unavailable. */
public interface Dependencies {
    /** Names what is known to be away at this moment, as {@code Kafka}; empty if nothing is. Answers from memory, at once. */
    List<String> away();
}
