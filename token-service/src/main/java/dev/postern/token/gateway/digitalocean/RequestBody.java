// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import io.vertx.core.buffer.Buffer;

/** The body of a call, as far as it is needed for the decision. */
sealed interface RequestBody {
    /** No body, or one that says nothing. */
    record None() implements RequestBody {}

    /** A body that needs no check: it streams to the provider. */
    record Streamed() implements RequestBody {}

    /** All bytes of a body that is checked. */
    record Whole(Buffer bytes) implements RequestBody {}
}
