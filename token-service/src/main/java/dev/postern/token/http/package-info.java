// SPDX-License-Identifier: Apache-2.0
/**
 * HTTP routes of access requests, tokens and introspection.
 *
 * <p>May import the core, call, truth, gateway, postgres and http-edge.
 */
package dev.postern.token.http;
