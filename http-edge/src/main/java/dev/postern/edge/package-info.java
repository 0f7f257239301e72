// SPDX-License-Identifier: Apache-2.0
/**
 * The HTTP edge of every service: strict reading of requests, problem documents, limits, health and metrics of refusals.
 *
 * <p>A library: may import frameworks and transactional-messaging; no service.
 */
package dev.postern.edge;
