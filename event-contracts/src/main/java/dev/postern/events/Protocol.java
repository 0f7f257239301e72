// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The transport protocol of an opening. ICMP has no ports and is never opened to a client. */
public enum Protocol {
    /** Transmission Control Protocol. */
    @JsonProperty("tcp") TCP,
    /** User Datagram Protocol. */
    @JsonProperty("udp") UDP;

    /** Returns the form of JSON and of the provider: {@code tcp}, {@code udp}. */
    @Override
    public String toString() {
        return this == TCP ? "tcp" : "udp";
    }
}
