// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;

/** A whole answer of the provider. */
record WholeAnswer(int status, MultiMap headers, Buffer body) {}
