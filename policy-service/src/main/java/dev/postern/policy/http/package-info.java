// SPDX-License-Identifier: Apache-2.0
/**
 * HTTP routes of policies.
 *
 * <p>May import the core, postgres and http-edge.
 */
package dev.postern.policy.http;
