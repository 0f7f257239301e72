package dev.postern.edge;

import java.util.List;

/** What a service stands on: its database, its broker. A bean of this type tells the edge what is known to be away. */
public interface Dependencies {
    /** Names what is known to be away at this moment, as {@code Kafka}; empty if nothing is. Answers from memory, at once. */
    List<String> away();
}
