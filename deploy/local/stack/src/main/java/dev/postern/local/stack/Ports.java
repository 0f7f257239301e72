// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.stack;

import dev.postern.local.parts.FreePorts;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which place listens on which port. */
public record Ports(Map<StackEndpoint, Integer> byPlace) {
    /** Every place has one. */
    public Ports {
        byPlace = Map.copyOf(byPlace);
        if (byPlace.size() != StackEndpoint.values().length) {
            throw new IllegalArgumentException("Each place needs a port");
        }
    }

    /** The ports that the documentation names. */
    public static Ports defaults() {
        Map<StackEndpoint, Integer> ports = new EnumMap<>(StackEndpoint.class);
        for (StackEndpoint place : StackEndpoint.values()) {
            ports.put(place, place.defaultPort());
        }
        return new Ports(ports);
    }

    /** Ports that are free now, for a stack beside another. */
    public static Ports free() {
        Map<StackEndpoint, Integer> ports = new EnumMap<>(StackEndpoint.class);
        Set<Integer> taken = new HashSet<>();
        for (StackEndpoint place : StackEndpoint.values()) {
            int port = FreePorts.next();
            while (!taken.add(port)) {
                port = FreePorts.next();
            }
            ports.put(place, port);
        }
        return new Ports(ports);
    }

    /** The same with one port changed. */
    public Ports with(StackEndpoint place, int port) {
        Map<StackEndpoint, Integer> ports = new EnumMap<>(byPlace);
        ports.put(place, port);
        return new Ports(ports);
    }

    public int of(StackEndpoint place) {
        return byPlace.get(place);
    }
}
