// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

/** A fault and whom it hits. */
public record PlannedFault(String id, Fault fault, FaultScope scope) {

    @Override
    public String toString() {
        return id + ": " + fault.kind();
    }
}
